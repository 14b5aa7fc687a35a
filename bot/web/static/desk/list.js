// The list of conversations: who waits, who owns, what was said last.

import { ago, h, nameOf, said } from "./dom.js";

const FILTERS = {
  all: ["All", () => true],
  waiting: ["Waiting", (state) => state.status === "waiting"],
  mine: ["Mine", (state, me) => state.owner === me],
};

export class List {
  constructor({ me, list, none, filters, chosen, waits }) {
    Object.assign(this, { me, list, none, chosen, waits }); // waits(state): it began to wait for a person
    this.queue = [];
    this.states = new Map();
    this.current = "";
    this.filter = "all";
    this.buttons = Object.entries(FILTERS).map(([key, [label]]) =>
      h(
        "button",
        { type: "button", "data-filter": key, onclick: () => this.show(key) },
        h("span", {}, label),
        h("span", { class: "count" }),
      ),
    );
    filters.append(...this.buttons);
    setInterval(() => this.draw(), 30_000);
    // Between press and release nothing moves: the click would go to another row, or nowhere.
    list.addEventListener("pointerdown", () => (this.held = true));
    for (const ended of ["pointerup", "pointercancel"])
      addEventListener(ended, () => {
        this.held = false;
        setTimeout(() => this.draw());
      });
    this.draw();
  }

  /* `queue` names all that wait, the longest first; without it the one known is kept. */
  set(states, queue) {
    for (const state of states) this.states.set(state.id, state);
    if (queue) this.queue = queue;
    this.draw();
    this.tellOfNew();
  }

  /* The place of a conversation in the queue, from 1; 0 when it does not wait. */
  place({ id, status }) {
    return status === "waiting" ? this.queue.indexOf(id) + 1 || this.queue.length + 1 : 0;
  }

  /* Tell which conversations have begun to wait since the last look. */
  tellOfNew() {
    const waiting = [...this.states.values()].filter(FILTERS.waiting[1]);
    const fresh = waiting.filter(({ id }) => this.told && !this.told.has(id));
    this.told = new Set(waiting.map(({ id }) => id));
    for (const state of fresh) this.waits(state);
  }

  show(filter) {
    this.filter = filter;
    this.draw();
  }

  mark(current) {
    this.current = current;
    this.draw();
    this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  /* The conversation `step` places further down, or the first. */
  beside(step) {
    const shown = this.shown();
    const at = shown.findIndex((state) => state.id === this.current);
    return shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + step))]?.id;
  }

  shown() {
    const wanted = FILTERS[this.filter][1];
    const behind = (state) => this.place(state) || Infinity;
    return [...this.states.values()]
      .filter((state) => wanted(state, this.me))
      .sort((a, b) => (behind(a) === behind(b) ? b.updated - a.updated : behind(a) - behind(b)));
  }

  draw() {
    if (this.held) return;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const shown = this.shown();
    this.list.replaceChildren(...shown.map((state) => this.row(state)));
    if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    this.none.hidden = shown.length > 0;
    for (const button of this.buttons) {
      const { filter } = button.dataset;
      const count = [...this.states.values()].filter((state) => FILTERS[filter][1](state, this.me)).length;
      button.setAttribute("aria-pressed", String(filter === this.filter));
      button.lastChild.textContent = filter === "all" || !count ? "" : count;
    }
    const waiting = [...this.states.values()].filter(FILTERS.waiting[1]).length;
    document.title = waiting ? `(${waiting}) Kefu desk` : "Kefu desk";
    navigator.setAppBadge?.(waiting).catch(() => {});
  }

  row(state) {
    const owner = state.owner === "bot" ? "Bot" : state.owner === this.me ? "You" : state.owner;
    const button = h(
      "button",
      { type: "button", "data-id": state.id, onclick: () => this.chosen(state.id) },
      h("span", { class: "top" }, h("b", {}, nameOf(state)), h("time", {}, ago(state.updated))),
      h("span", { class: "preview", dir: "auto" }, said(state.preview)),
      h(
        "span",
        { class: "tags" },
        h("span", { class: "tag" }, state.channel),
        state.status === "waiting"
          ? h("span", { class: "tag waiting" }, `Waiting${state.reason && ` · ${state.reason.replaceAll("_", " ")}`}`)
          : h("span", { class: "tag" }, state.status === "resolved" ? "Resolved" : owner),
        state.status === "waiting" ? h("span", { class: "tag", title: "Place in the queue" }, `№ ${this.place(state)}`) : null,
      ),
    );
    if (state.id === this.current) button.setAttribute("aria-current", "true");
    return h("li", {}, button);
  }
}
