// Tells an agent who looks elsewhere that a conversation needs them; makes no sound, and asks before the first.

import { nameOf } from "./dom";
import { named, t } from "./texts";
import type { State } from "./types";

export class Notices {
  /** `button` asks the browser's leave, on a click as browsers want it; `open` shows a conversation. */
  constructor(
    private readonly button: HTMLButtonElement,
    private readonly open: (id: string) => void,
  ) {
    button.addEventListener("click", () => void Notification.requestPermission().then(() => this.draw()));
    this.draw();
  }

  private draw(): void {
    this.button.hidden = !("Notification" in window) || Notification.permission !== "default";
  }

  tell(state: State): void {
    if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    const waits = state.status === "waiting";
    try {
      // The tag: further words of the same conversation replace the notice.
      const notice = new Notification(t(waits ? "notice_waits" : "notice_wrote", nameOf(state)), {
        body: waits ? named("reason", state.reason) : state.preview,
        icon: "/icon.svg",
        tag: state.id,
        silent: true,
      });
      notice.onclick = () => {
        window.focus();
        this.open(state.id);
        notice.close();
      };
    } catch {
      // Some phones have notices for installed pages only: the title still counts who waits.
    }
  }
}
