// Tells an agent who looks elsewhere that a conversation begins to wait; makes no sound, and asks before the first.

import { nameOf } from "./dom.js";

export class Notices {
  /* `button` asks the browser's leave, on a click as browsers want it; `open` shows a conversation. */
  constructor({ button, open }) {
    Object.assign(this, { button, open });
    button.addEventListener("click", () => Notification.requestPermission().then(() => this.draw()));
    this.draw();
  }

  draw() {
    this.button.hidden = !("Notification" in window) || Notification.permission !== "default";
  }

  tell(state) {
    if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    try {
      // The tag: further words of the same conversation replace the notice.
      const notice = new Notification(`${nameOf(state)} waits for a person`, {
        body: state.reason.replaceAll("_", " "),
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
