// What was read in the customer's turns: their mood and language, and a translation where an agent wants one.

import { call, of } from "./api";
import { button, h } from "./dom";
import { locale, t } from "./texts";
import { moodBadge } from "./moods";
import type { Reading } from "./types";
import { doubts, languageName, objection, write } from "./writing";

const SOON_MS = 300;

export class Readings {
  private id = "";
  private known: Record<string, Reading> = {};
  private timer = 0;
  private asking = new AbortController();

  constructor(private readonly log: HTMLElement) {}

  choose(id: string): void {
    this.asking.abort();
    this.asking = new AbortController();
    this.id = id;
    this.known = {};
  }

  /** Read the turns of the conversation soon: there are new ones. */
  look(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), SOON_MS);
  }

  /** What the customer writes, as their last turn tells; empty while nothing was read. */
  get language(): string {
    return Object.values(this.known).at(-1)?.language ?? "";
  }

  /** Translate the customer's last turn that has words. */
  translateLast(): void {
    const turn = [...this.log.querySelectorAll<HTMLElement>(".turn.customer")].filter((node) => node.querySelector(".words")?.textContent).at(-1);
    if (turn) void this.translate(turn);
  }

  private async read(): Promise<void> {
    const { id } = this;
    if (!id) return;
    const found = await call<{ turns: Record<string, Reading> }>("GET", of(id, "readings")).catch(() => undefined);
    if (!found || id !== this.id) return;
    this.known = found.turns;
    for (const node of this.log.querySelectorAll<HTMLElement>(".turn.customer")) this.mark(node);
  }

  private mark(node: HTMLElement): void {
    const reading = this.known[node.dataset.turn ?? ""];
    if (!reading || node.classList.contains("read")) return;
    node.classList.add("read");
    const badge = moodBadge(reading.mood);
    if (badge) node.querySelector(".name")?.append(" ", badge);
    if (reading.language !== locale)
      node.append(h("p", { class: "acts" }, button(t("show_translation", languageName(locale)), () => this.translate(node), { class: "quiet small" })));
  }

  /** Put a translation under the turn; the original stays. */
  private async translate(node: HTMLElement): Promise<void> {
    const turn = node.dataset.turn ?? "";
    const { id } = this;
    const { signal } = this.asking;
    node.querySelector(".translation")?.remove();
    const words = h("div", { dir: "auto" });
    const from = this.known[turn]?.language ?? "";
    const label = h("p", { class: "hint", title: t("translation_hint") }, from ? t("translation_from", languageName(from)) : t("translation"));
    const told = h("p", { class: "hint busy", role: "status" }, t("writing"));
    node.append(h("div", { class: "translation", role: "group", "aria-label": t("translation") }, label, words, told));
    told.scrollIntoView({ block: "nearest" });
    try {
      const made = await write(id, { act: "translate", turn, to: locale }, signal, (so_far) => (words.textContent = so_far));
      words.textContent = made.text;
      const why = objection(made);
      told.className = why ? "hint bad" : "hint";
      told.replaceChildren(why || t("translation_hint"), doubts(made) || "");
    } catch (error) {
      if (signal.aborted) return;
      told.className = "hint bad";
      told.textContent = (error as Error).message;
    }
  }
}
