// On top of a conversation: what it is about, what was tried, what is open. Marked when newer messages came.

import { call, of } from "./api";
import { button, h } from "./dom";
import { type Key, locale, named, t } from "./texts";
import type { State, Summary, Turn } from "./types";
import { languageName, objection, write } from "./writing";
import { moodBadge } from "./moods";

/** Where there is little room it waits until it is asked for. */
const ROOMY = "(min-width: 761px)";

export class SummaryPanel {
  readonly node: HTMLDetailsElement;
  private readonly head = h("summary");
  private readonly inside = h("div", { class: "inside" });
  private id = "";
  private made: Summary | undefined;
  private newer = 0;
  private asking = new AbortController();

  constructor() {
    this.node = h("details", { class: "summary", hidden: true }, this.head, this.inside);
  }

  /** Forget the last conversation. */
  choose(id: string): void {
    this.asking.abort();
    this.id = id;
    this.made = undefined;
    this.newer = 0;
    this.node.hidden = true;
  }

  /** Make it for a conversation that was opened, or handed over. */
  async make(state: State): Promise<void> {
    const { id } = this;
    const made = await call<Summary>("GET", of(id, "summary")).catch(() => undefined);
    if (!made || id !== this.id || !made.turns) return;
    const first = !this.made;
    this.made = made;
    this.newer = 0;
    if (first) this.node.open = (state.status === "waiting" || state.owner !== "bot") && matchMedia(ROOMY).matches;
    this.node.hidden = false;
    this.draw();
  }

  /** A turn came after it was made. */
  add(turn: Turn, state: State | null): void {
    if (turn.role === "event") {
      if (turn.text === "handed_over" && state) void this.make(state);
      return;
    }
    if (!this.made || turn.id === this.made.last) return;
    this.newer += 1;
    this.draw();
  }

  toggle(): void {
    if (this.node.hidden) return;
    this.node.open = !this.node.open;
    this.head.focus();
  }

  private draw(): void {
    const { made, newer } = this;
    if (!made) return;
    const open = made.open[0] ?? made.gist[0] ?? "";
    this.head.replaceChildren(
      h("b", {}, t("summary")),
      moodBadge(made.mood) ?? "",
      h("span", { class: "about", dir: "auto" }, open),
      newer ? h("span", { class: "tag stale" }, `● ${newer === 1 ? t("summary_stale_one") : t("summary_stale", newer)}`) : "",
    );
    const refresh = button(t("refresh"), () => this.make({} as State), { class: "quiet small" });
    const told = h("p", { class: "hint", role: "status" });
    const text = [...made.gist, ...made.open].join(" ");
    const shorten = text.length > 80 && button(t("shorten"), () => void this.shorten(text, told), { class: "quiet small shorten" });
    this.inside.replaceChildren(h("dl", {}, ...rows(made)), told, h("div", { class: "row" }, refresh, shorten || ""));
  }

  /** The model may shorten the customer's own sentences; what loses or adds a fact is withheld. */
  private async shorten(text: string, told: HTMLElement): Promise<void> {
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    told.className = "hint busy";
    told.textContent = t("writing");
    try {
      const made = await write(this.id, { act: "rewrite", text: text.slice(0, 2000), style: "shorter" }, signal, () => {});
      const why = objection(made);
      told.className = why ? "hint bad" : "hint shortened";
      told.textContent = why || `${t("shortened")}: ${made.text}`;
    } catch (error) {
      if (!signal.aborted) told.textContent = (error as Error).message;
    }
  }
}

function rows(made: Summary): HTMLElement[] {
  const list = (items: string[]) => items.length > 0 && h("ul", {}, ...items.map((each) => h("li", { dir: "auto" }, each)));
  const tried = made.tried.map(({ outcome, text, sources, rated }) => {
    const how = [t(`outcome_${outcome}` as Key), rated && t(rated as Key)].filter(Boolean).join(", ");
    return `${how}: ${sources[0] ?? text}`;
  });
  const told: [Key, HTMLElement | string | false][] = [
    ["sum_open", list(made.open)],
    ["sum_gist", list(made.gist)],
    ["sum_tried", list(tried)],
    ["sum_named", made.named.length > 0 && made.named.join(" · ")],
    ["sum_about", made.about.length > 0 && made.about.join(" · ")],
    ["sum_intent", t(`intent_${made.intent}`)],
    ["sum_reason", made.reason && named("reason", made.reason)],
    ["sum_mood", moodBadge(made.mood) ?? t("mood_calm")],
    ["sum_language", made.language !== locale && languageName(made.language)],
  ];
  return told.flatMap(([key, value]) => (value ? [h("dt", {}, t(key)), h("dd", { dir: "auto" }, value)] : []));
}
