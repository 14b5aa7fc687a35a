// The chosen conversation: its turns, answers in the making, who owns it, and the composer.

import { h, nameOf } from "./dom.js";
import { turnNode } from "./turns.js";

const TYPING_EVERY_MS = 3000;

/* What was begun and not sent, for each conversation; kept as long as the tab is open. */
class Drafts {
  constructor() {
    try {
      this.kept = new Map(JSON.parse(sessionStorage.getItem("kefu-drafts")) ?? []);
    } catch {
      this.kept = new Map();
    }
  }

  get(id) {
    return this.kept.get(id) ?? "";
  }

  set(id, text) {
    if (text) this.kept.set(id, text);
    else this.kept.delete(id);
    try {
      sessionStorage.setItem("kefu-drafts", JSON.stringify([...this.kept]));
    } catch {
      // Storage is blocked: the page alone remembers.
    }
  }
}

export class Thread {
  constructor({ me, place, act }) {
    Object.assign(this, { me, act }); // act: {say(text), takeOver(), handBack(), resolve(), reopen(), typing()}
    this.drafts = new Drafts();
    this.title = h("h2");
    this.about = h("p", { class: "about" });
    this.ownership = h("button", { type: "button", onclick: () => this.toggleOwner() });
    this.ending = h("button", { type: "button", class: "quiet", onclick: () => this.toggleResolved() });
    this.log = h("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" });
    this.hint = h("p", { class: "hint" });
    this.input = h("textarea", {
      rows: "3",
      maxlength: "4000",
      "aria-label": "Reply to the customer",
      placeholder: "Write a reply…",
      dir: "auto",
      oninput: () => this.wrote(),
      onkeydown: (event) => this.key(event),
    });
    this.send = h("button", { class: "primary", title: "Ctrl or Cmd + Enter" }, "Send");
    this.node = h(
      "div",
      { class: "inside" },
      h("header", {}, h("div", {}, this.title, this.about), this.ending, this.ownership),
      this.log,
      h(
        "form",
        { class: "composer", onsubmit: (event) => this.submit(event) },
        this.input,
        h("div", { class: "row" }, this.hint, this.send),
      ),
    );
    this.node.hidden = true;
    place.append(this.node);
  }

  /* `state` is what the list knows of it; the conversation itself comes in a moment. */
  choose(id, state) {
    this.id = id;
    this.turns = [];
    this.log.replaceChildren();
    this.input.value = this.drafts.get(id);
    this.node.hidden = false;
    this.state = null;
    this.ownership.disabled = this.ending.disabled = true;
    this.ending.textContent = "Resolve";
    this.title.textContent = this.about.textContent = this.hint.textContent = "";
    if (state) this.setState(state);
    this.wrote(false);
  }

  show({ state, turns }) {
    this.setState(state);
    this.turns = turns;
    this.log.replaceChildren(...turns.map((turn) => turnNode(turn, nameOf(state), turns)));
    this.toEnd();
  }

  setState(state) {
    this.state = state;
    const mine = state.owner === this.me;
    const owner =
      state.owner === "bot"
        ? state.status === "waiting"
          ? "waiting for an agent"
          : state.status === "resolved"
            ? "resolved"
            : "the bot answers"
        : mine
          ? "you answer"
          : `${state.owner} answers`;
    const reason = state.status === "waiting" && state.reason ? ` · ${state.reason.replaceAll("_", " ")}` : "";
    this.title.textContent = nameOf(state);
    this.about.textContent = `${state.channel} · ${owner}${reason}`;
    this.ownership.textContent = mine ? "Hand back to the bot" : "Take over";
    this.ownership.title = "Alt + T";
    this.ownership.disabled = this.ending.disabled = false;
    this.ending.textContent = state.status === "resolved" ? "Reopen" : "Resolve";
    this.ownership.classList.toggle("primary", !mine && state.status === "waiting");
    this.hint.textContent = mine
      ? "Ctrl + Enter sends"
      : state.owner === "bot"
        ? "Sending takes the conversation over: the bot is silent from then on"
        : `Sending takes the conversation over from ${state.owner}`;
    if (state.owner !== "bot" || state.status !== "open") this.dropMaking();
  }

  /* An answer in the making that will not be finished. */
  dropMaking(but = "") {
    for (const node of this.log.querySelectorAll(".making")) if (node.dataset.turn !== but) node.remove();
  }

  add(turn) {
    const node = turnNode(turn, nameOf(this.state), this.turns);
    if (turn.role === "bot" || turn.role === "agent") this.dropMaking(turn.id);
    const old = this.find(turn.id);
    // What was said while an answer was made stands before it.
    if (old?.classList.contains("making")) old.remove();
    if (old?.isConnected) old.replaceWith(node);
    else this.log.append(node);
    this.turns = [...this.turns.filter(({ id }) => id !== turn.id), turn];
    this.typing("");
    this.toEnd();
  }

  sentence({ turn, text }) {
    if (this.turns.some(({ id }) => id === turn)) return;
    let node = this.find(turn);
    if (!node) {
      this.dropMaking();
      node = turnNode({ id: turn, role: "bot", text: "", at: Date.now() / 1000 }, "");
      node.classList.add("making");
      this.log.append(node);
    }
    const words = node.querySelector(".words");
    words.append(words.textContent && !/[。！？；]$/.test(words.textContent) ? ` ${text}` : text);
    this.toEnd();
  }

  withdraw(turn) {
    const node = this.find(turn);
    if (node?.classList.contains("making")) node.remove();
  }

  typing(who) {
    clearTimeout(this.typingEnds);
    this.log.querySelector(".typing")?.remove();
    if (!who || who === this.me) return;
    this.log.append(h("p", { class: "event typing" }, `${who === "bot" ? "The bot" : who} is writing…`));
    this.typingEnds = setTimeout(() => this.typing(""), 6000);
    this.toEnd();
  }

  /* The customer has the last word, so someone should answer. */
  get unanswered() {
    return this.turns?.filter(({ role }) => role !== "event").at(-1)?.role === "customer";
  }

  insert(text) {
    this.input.value = this.input.value.trim() ? `${this.input.value.trimEnd()}\n${text}` : text;
    this.wrote(false);
    this.input.focus();
  }

  toggleOwner() {
    if (!this.state) return;
    if (this.state.owner === this.me) this.act.handBack();
    else this.act.takeOver();
  }

  toggleResolved() {
    if (this.state?.status === "resolved") this.act.reopen();
    else this.act.resolve();
  }

  async submit(event) {
    event.preventDefault();
    const { id, input } = this;
    const text = input.value.trim();
    if (!text || this.send.disabled) return;
    this.send.disabled = true;
    const said = await this.act.say(text);
    if (said && this.drafts.get(id).trim() === text) this.drafts.set(id, "");
    if (this.id !== id) return; // the agent went on to another conversation, and writes there
    if (said && input.value.trim() === text) input.value = "";
    this.wrote(false);
    input.focus();
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit(event);
  }

  wrote(typed = true) {
    this.drafts.set(this.id, this.input.value);
    this.send.disabled = !this.input.value.trim();
    if (!typed || this.state?.owner !== this.me || Date.now() - (this.told || 0) < TYPING_EVERY_MS) return;
    this.told = Date.now();
    this.act.typing();
  }

  find(turn) {
    return this.log.querySelector(`[data-turn="${CSS.escape(turn)}"]`);
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }
}
