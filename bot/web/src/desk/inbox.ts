// The list of conversations: who waits, who owns, what was said last; tabs, filters, search and saved views.

import { call } from "./api";
import { ago, h, isSnoozed, lasted, nameOf, remember, remembered, said, select } from "./dom";
import { Moods, moodBadge } from "./moods";
import { named, t } from "./texts";
import type { State } from "./types";
import { type ViewActs, ViewTools } from "./view_tools";
import { KINDS, type Kind, SHOWN, TABS, type View, admits, compare, isOf, needsAgent, plainView, valuesOf } from "./views";
import { languageName } from "./writing";

const SEARCH_AFTER_MS = 250;

export interface InboxActs extends Pick<ViewActs, "attempt" | "told"> {
  chosen(id: string): void;
  needed(state: State): void;
  failed(error: Error): void;
}

interface Found {
  state: State;
  text: string;
}

export class Inbox {
  readonly states = new Map<string, State>();
  private queue: string[] = [];
  private current = "";
  private view: View = { ...plainView(), ...remembered<Partial<View>>("view", {}), search: "" };
  private found: Map<string, string> | undefined;
  private told: Set<string> | undefined;
  private held = false;
  private searching = 0;
  private readonly tabs: HTMLButtonElement[];
  readonly search: HTMLInputElement;
  private readonly tools: HTMLElement;
  private readonly views: ViewTools;
  private readonly moods = new Moods(() => this.feel());

  constructor(
    private readonly me: string,
    private readonly place_: { list: HTMLElement; none: HTMLElement; tabs: HTMLElement; tools: HTMLElement },
    admin: boolean,
    private readonly act: InboxActs,
  ) {
    this.tabs = TABS.map((tab) =>
      h(
        "button",
        { type: "button", "data-filter": tab, onclick: () => this.change({ tab }) },
        h("span", {}, t(`tab_${tab}`)),
        " ",
        h("span", { class: "count" }),
      ),
    );
    place_.tabs.append(...this.tabs);
    this.search = h("input", {
      type: "search",
      "aria-label": t("search"),
      placeholder: t("search"),
      oninput: () => this.searchSoon(),
    });
    this.tools = h("div", { class: "filtering" });
    this.views = new ViewTools(admin, { ...act, shown: () => ({ ...this.view, search: this.search.value.trim() }), open: (view) => this.open(view) });
    const filter: HTMLDetailsElement = h("details", { ontoggle: () => filter.open && this.views.look() }, h("summary", {}, t("filter")), this.tools, this.views.node);
    place_.tools.append(this.search, filter);
    setInterval(() => this.refresh(), 15_000);
    const { list } = place_;
    // Between press and release nothing moves: the click would go to another row, or nowhere.
    list.addEventListener("pointerdown", () => (this.held = true));
    for (const ended of ["pointerup", "pointercancel"])
      addEventListener(ended, () => {
        this.held = false;
        setTimeout(() => this.draw());
      });
    this.drawTools();
    this.draw();
  }

  /** `queue` names all that wait, the longest first; without it the one known is kept. */
  set(states: State[], queue?: string[]): void {
    const values = this.values();
    for (const state of states) this.keep(state);
    if (queue) this.queue = queue;
    this.moods.look();
    if (this.values() !== values) this.drawTools();
    this.refresh();
  }

  private keep(state: State): void {
    this.states.set(state.id, { ...state, mood: this.moods.of(state.id) });
  }

  /** The moods were read. */
  private feel(): void {
    const values = this.values();
    for (const state of [...this.states.values()]) this.keep(state);
    if (this.values() !== values) this.drawTools();
    this.draw();
  }

  /** Draw anew what time has changed: who is snoozed no more counts as new. */
  private refresh(): void {
    this.draw();
    const needed = [...this.states.values()].filter((state) => needsAgent(state, this.me));
    const fresh = needed.filter(({ id }) => this.told && !this.told.has(id));
    this.told = new Set(needed.map(({ id }) => id));
    for (const state of fresh) this.act.needed(state);
  }

  /** The place of a conversation in the queue, from 1; 0 when it does not wait. */
  private place({ id, status }: State): number {
    return status === "waiting" ? this.queue.indexOf(id) + 1 || this.queue.length + 1 : 0;
  }

  nextTab(): void {
    this.change({ tab: TABS[(TABS.indexOf(this.view.tab) + 1) % TABS.length]! });
  }

  private change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    remember("view", this.view);
    this.drawTools();
    this.draw();
  }

  mark(current: string): void {
    this.current = current;
    this.draw();
    this.place_.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  focus(): void {
    const row = this.place_.list.querySelector<HTMLElement>("[aria-current]") ?? this.place_.list.querySelector("button");
    row?.focus();
  }

  /** The conversation `step` places further down, or the first. */
  beside(step: number): string | undefined {
    const shown = this.shown();
    const at = shown.findIndex((state) => state.id === this.current);
    return shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + step))]?.id;
  }

  /** The names of everyone who answers anywhere, this agent first. */
  get agents(): string[] {
    const owners = [...this.states.values()].map(({ owner }) => owner).filter((owner) => owner !== "bot");
    return [...new Set([this.me, ...owners.sort()])];
  }

  get tags(): string[] {
    return [...new Set([...this.states.values()].flatMap(({ tags }) => tags))].sort();
  }

  private shown(): State[] {
    const all = [...this.states.values()];
    if (this.found) return [...this.found.keys()].map((id) => this.states.get(id)!);
    // The one that is open stays until another one is chosen.
    const wanted = all.filter((state) => admits(this.view, state, this.me) || (state.id === this.current && isOf(this.view.tab, state, this.me) && this.view.shown === "active"));
    return wanted.sort(compare(this.view.sort, (state) => this.place(state), this.me));
  }

  private searchSoon(): void {
    clearTimeout(this.searching);
    this.searching = window.setTimeout(() => void this.find(this.search.value.trim()), SEARCH_AFTER_MS);
  }

  private async find(words: string): Promise<void> {
    this.found = undefined;
    if (words)
      try {
        const { found } = await call<{ found: Found[] }>("GET", `search?${new URLSearchParams({ q: words })}`);
        if (this.search.value.trim() !== words) return;
        for (const { state } of found) this.keep(state);
        this.found = new Map(found.map(({ state, text }) => [state.id, text]));
      } catch (error) {
        this.act.failed(error as Error);
      }
    this.draw();
  }

  private values(): string {
    return KINDS.map((kind) => this.choices(kind).join("\n")).join("\n\n");
  }

  private choices(kind: Kind): string[] {
    return [...new Set([...this.states.values()].flatMap((state) => valuesOf(kind, state)))].sort();
  }

  private drawTools(): void {
    const { view } = this;
    const kinds = KINDS.map((kind) => {
      const values = [...new Set([...this.choices(kind), view.kinds[kind]])].filter(Boolean);
      const options: [string, string][] = [["", t(`any_${kind}`)], ...values.map((value): [string, string] => [value, wordOf(kind, value)])];
      return select(t(`any_${kind}`), options, view.kinds[kind], (value) => this.change({ kinds: { ...view.kinds, [kind]: value } }));
    });
    const used = [...this.tools.children].indexOf(document.activeElement!);
    this.tools.replaceChildren(
      select(t("status"), SHOWN.map((shown) => [shown, t(`shown_${shown}`)]), view.shown, (shown) => this.change({ shown: shown as View["shown"] })),
      select(t("order"), [["waiting", t("sort_waiting")], ["newest", t("sort_newest")], ["mood", t("sort_mood")]], view.sort, (sort) => this.change({ sort: sort as View["sort"] })),
      ...kinds,
    );
    (this.tools.children[used] as HTMLElement | undefined)?.focus();
  }

  private open(view: View): void {
    this.change(view);
    this.search.value = view.search;
    void this.find(view.search);
  }

  draw(): void {
    if (this.held) return;
    const { list, none } = this.place_;
    const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.id : null;
    const shown = this.shown();
    list.replaceChildren(...shown.map((state) => this.row(state)));
    if (focused) list.querySelector<HTMLElement>(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    none.hidden = shown.length > 0;
    const all = [...this.states.values()];
    for (const tab of this.tabs) {
      const key = tab.dataset.filter as View["tab"];
      const count = all.filter((state) => isOf(key, state, this.me) && state.status !== "resolved" && !isSnoozed(state)).length;
      tab.setAttribute("aria-pressed", String(key === this.view.tab && !this.found));
      tab.lastChild!.textContent = key === "all" || !count ? "" : String(count);
    }
    const needed = all.filter((state) => needsAgent(state, this.me)).length;
    document.title = needed ? `(${needed}) ${t("title")}` : t("title");
    navigator.setAppBadge?.(needed).catch(() => {});
  }

  private row(state: State): HTMLElement {
    const owner = state.owner === "bot" ? t("bot") : state.owner === this.me ? t("you") : state.owner;
    const waits = state.status === "waiting";
    const node = h(
      "button",
      { type: "button", "data-id": state.id, onclick: () => this.act.chosen(state.id) },
      h("span", { class: "top" }, h("b", {}, nameOf(state)), h("time", {}, ago(state.updated))),
      h("span", { class: "preview", dir: "auto" }, this.found?.get(state.id) ?? said(state.preview)),
      h(
        "span",
        { class: "tags" },
        h("span", { class: "tag" }, state.channel),
        waits
          ? h("span", { class: "tag waiting" }, `${t("waiting")}${state.reason && ` · ${named("reason", state.reason)}`}`)
          : h("span", { class: "tag" }, state.status === "resolved" ? t("resolved") : owner),
        waits && h("span", { class: "tag", title: t("place") }, `№ ${this.place(state)}`),
        moodBadge(state.mood),
        isSnoozed(state) && h("span", { class: "tag" }, t("snoozed")),
        state.since > 0 && (waits || state.owner !== "bot") && h("span", { class: "tag since", title: t("waits_since") }, t("waits", lasted(state.since))),
        ...state.tags.slice(0, 3).map((tag) => h("span", { class: "tag own" }, tag)),
      ),
    );
    if (state.id === this.current) node.setAttribute("aria-current", "true");
    return h("li", {}, node);
  }
}

/** How a value to filter by is called. */
function wordOf(kind: Kind, value: string): string {
  if (kind === "language") return languageName(value);
  return kind === "mood" || kind === "reason" ? named(kind, value) : value;
}
