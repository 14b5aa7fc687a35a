/** All that was said, one below the other, and what may be said first or next. */
import { html, nothing, render, type TemplateResult } from "lit/html.js";
import type { Shown } from "../thread.js";
import type { KefuChat } from "./element.js";
import { speakerKey, suggestionsView, turnView } from "./turn.js";

/** Draws into `.log`. Each turn keeps its node, wherever it comes to stand: or a screen reader would read it again. */
export class Log {
  private slots = new Map<unknown, HTMLElement>();

  constructor(private readonly view: KefuChat) {}

  draw(log: HTMLElement): void {
    const { view } = this;
    const greeting: Shown = { turn: { id: "", role: "bot", text: view.texts.greeting, at: view.began } };
    const items = [greeting, ...view.conversation.thread.items];
    const looks = new Map<unknown, TemplateResult>(
      items.map((item, i) => [
        item.turn.id || (i ? item : "greeting"),
        turnView(item, sameSpeaker(item, items[i - 1]), view),
      ]),
    ).set(this, this.after());
    for (const [key, slot] of this.slots)
      if (!looks.has(key)) {
        slot.remove();
        this.slots.delete(key);
      }
    let next = log.firstChild;
    for (const [key, look] of looks) {
      const slot = this.slots.get(key) ?? document.createElement("div");
      this.slots.set(key, slot);
      if (slot === next) next = next.nextSibling;
      else log.insertBefore(slot, next);
      render(look, slot);
    }
  }

  private after(): TemplateResult {
    const { view } = this;
    const { thread } = view.conversation;
    const first = view.getAttribute("suggest")?.split("|").map((question) => question.trim()) ?? [];
    const questions = thread.started ? (thread.items.at(-1)?.turn.related ?? []) : first;
    return html`${questions.length ? suggestionsView(questions, view) : nothing}
    ${thread.state.status === "resolved" && thread.started ? view.acts?.score() : nothing}`;
  }
}

const sameSpeaker = (item: Shown, before: Shown | undefined): boolean =>
  before !== undefined && speakerKey(item) !== "" && speakerKey(item) === speakerKey(before);
