// What the bot would answer now, with its sources; the agent decides.

import { call, of } from "./api.js";
import { h } from "./dom.js";
import { modeBadge, sourceList } from "./turns.js";

const HINTS = {
  bot: "The bot answers here by itself. Ask for its reply whenever you want to see it.",
  waits: "The customer waits for a person.",
  resolved: "The conversation is resolved. What the customer writes next is a new matter.",
  answered: "The customer has had the last reply. A new suggestion comes with the next question.",
};

export class Suggestion {
  constructor({ place, insert, say }) {
    Object.assign(this, { place, insert, say });
    this.clear();
  }

  clear(id = "", why = "bot") {
    this.asking?.abort();
    this.id = id;
    this.answer = null;
    if (!id) return this.place.replaceChildren();
    this.draw(
      h("p", { class: "hint" }, HINTS[why]),
      this.askButton("Suggest a reply"),
    );
  }

  async ask() {
    const { id } = this;
    if (!id) return;
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    this.answer = null;
    this.draw(h("p", { class: "hint busy", role: "status" }, "The bot is thinking…"));
    try {
      const answer = await call("POST", of(id, "suggest"), undefined, asking.signal);
      if (!asking.signal.aborted) this.show(answer);
    } catch (error) {
      if (!asking.signal.aborted)
        this.draw(h("p", { class: "hint bad", role: "alert" }, error.message), this.askButton("Try again"));
    }
  }

  show(answer) {
    if (answer.outcome === "handed_over") return this.leave(answer);
    this.answer = answer;
    const send = h(
      "button",
      { type: "button", class: answer.outcome === "answered" ? "primary" : "", onclick: () => this.send() },
      "Send",
    );
    const insert = h("button", { type: "button", title: "Alt + I", onclick: () => this.use() }, "Insert");
    this.draw(
      h("p", { class: "tags" }, modeBadge(answer)),
      h("blockquote", { dir: "auto" }, answer.text),
      h("div", { class: "row" }, insert, send, this.askButton("Regenerate")),
      answer.sources.length
        ? h("h3", {}, answer.outcome === "refused" ? "Nearest articles" : "Sources")
        : h("p", { class: "hint" }, "No source supports a reply."),
      sourceList(answer),
    );
  }

  /* What the bot would say is that a person will answer: nothing for that person to send. */
  leave(answer) {
    this.draw(
      h("p", { class: "tags" }, modeBadge(answer)),
      h("p", { class: "hint" }, "The bot would pass this on to a person: it has no reply to suggest."),
      this.askButton("Ask again"),
    );
  }

  use() {
    if (this.answer) this.insert(this.answer.text);
  }

  async send() {
    const { answer } = this;
    if (!answer) return;
    for (const button of this.place.querySelectorAll("button")) button.disabled = true;
    if (!(await this.say(answer.text)) && this.answer === answer) this.show(answer);
  }

  askButton(label) {
    return h("button", { type: "button", class: "quiet", title: "Alt + R", onclick: () => this.ask() }, label);
  }

  draw(...content) {
    this.place.replaceChildren(
      h("header", {}, h("h2", {}, "Suggested reply")),
      h("div", { class: "inside" }, ...content),
    );
  }
}
