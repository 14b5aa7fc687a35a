// What the bot would answer now, sentence by sentence, with the words of the entries that support it.

import { lines, of } from "./api";
import { button, h, percent } from "./dom";
import { type Key, t } from "./texts";
import { modeBadge, sourceTitle } from "./turns";
import type { Answer, Evidence } from "./types";
import { type Style, objection, write } from "./writing";

export type Why = "bot" | "waiting" | "resolved" | "answered";
export type Used = "shown" | "inserted" | "edited" | "sent" | "regenerated" | "dismissed";

interface Line {
  sentence?: string;
  answer?: Answer;
  evidence?: Evidence[];
  error?: string;
}

export interface SuggestionActs {
  insert(text: string, instead?: boolean): void;
  say(text: string): Promise<boolean>;
  log(act: Used, answer: Answer, text?: string): void;
  asked(): void;
}

export class Suggestion {
  private id = "";
  private answer: Answer | null = null;
  private inserted: Answer | null = null;
  /** The answer before it was put differently, and how. */
  private first: Answer | null = null;
  private evidence: Evidence[] = [];
  private asking: AbortController | undefined;
  /** What the agent wanted done with the answer while it was still coming. */
  private wanted: (() => unknown) | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly act: SuggestionActs,
  ) {}

  /** An answer is on its way. */
  get busy(): boolean {
    return this.asking !== undefined;
  }

  clear(id = "", why: Why = "bot"): void {
    this.asking?.abort();
    this.asking = this.wanted = undefined;
    if (id !== this.id) this.inserted = null;
    this.id = id;
    this.answer = this.first = null;
    if (!id) return this.place.replaceChildren();
    this.draw(h("p", { class: "hint" }, t(`why_${why}`)), this.askButton("suggest"));
  }

  async ask(words = ""): Promise<void> {
    const { id } = this;
    if (!id) return;
    if (words && this.answer) this.act.log("regenerated", this.answer, words);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    this.answer = this.first = null;
    this.wanted = undefined;
    const so_far = h("blockquote", { dir: "auto", class: "making" });
    this.draw(h("p", { class: "hint busy", role: "status" }, t("thinking")));
    this.act.asked();
    try {
      await lines<Line>(of(id, "suggestion"), { words }, asking.signal, (line) => {
        if (asking.signal.aborted) return;
        if (line.error) throw new Error(line.error);
        if (line.answer) {
          this.asking = undefined;
          this.show(line.answer, line.evidence ?? []);
          this.wanted?.();
        } else if (line.sentence) {
          so_far.append(so_far.textContent ? ` ${line.sentence}` : line.sentence);
          if (!so_far.isConnected) this.place.querySelector(".inside")?.append(so_far);
        }
      });
    } catch (error) {
      if (asking.signal.aborted) return;
      this.asking = undefined;
      this.draw(h("p", { class: "hint bad", role: "alert" }, (error as Error).message), this.askButton("try_again"));
    }
  }

  /** Put the answer differently, as the agent asks; its words are checked against its sources again. */
  async reword(style: Style, instruction = ""): Promise<void> {
    const { answer, id, evidence } = this;
    const first = this.first ?? answer;
    if (!answer || !first) return;
    const how = instruction || t(`style_${style}` as Key);
    this.act.log("regenerated", answer, how);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const so_far = h("blockquote", { dir: "auto", class: "making" });
    this.answer = null;
    this.draw(h("p", { class: "hint busy", role: "status" }, t("writing")), so_far, h("div", { class: "row" }, button(t("discard"), () => this.restore(first, evidence), { class: "quiet" })));
    const entries = first.sources.map((source) => source.id).slice(0, 20);
    try {
      const text = first.text.slice(0, 2000);
      const made = await write(id, { act: "rewrite", text, style, instruction, entries }, asking.signal, (words) => (so_far.textContent = words));
      this.asking = undefined;
      const why = objection(made);
      if (why) return this.restore(first, evidence, why);
      this.first = first;
      this.show({ ...first, text: made.text, mode: "generated" }, evidence, t("suggestion_as_asked", how));
    } catch (error) {
      if (!asking.signal.aborted) this.restore(first, evidence, (error as Error).message);
    }
  }

  private restore(first: Answer, evidence: Evidence[], why = ""): void {
    this.asking?.abort();
    this.asking = undefined;
    this.first = null;
    this.show(first, evidence);
    if (why) this.place.querySelector(".inside")?.prepend(h("p", { class: "hint bad", role: "alert" }, why));
  }

  private show(answer: Answer, evidence: Evidence[], how = ""): void {
    if (answer.outcome === "handed_over") return this.leave(answer);
    this.answer = answer;
    this.evidence = evidence;
    this.act.log("shown", answer, how);
    const { first } = this;
    const sure = answer.outcome === "answered";
    this.draw(
      h("p", { class: "tags" }, modeBadge(answer)),
      h("meter", { min: 0, max: 1, low: 0.35, high: 0.7, optimum: 1, value: answer.confidence, "aria-label": t("confidence", percent(answer.confidence)) }),
      how && first ? h("p", { class: "hint" }, how, " ", button(t("first_wording"), () => this.restore(first, evidence), { class: "quiet small" })) : "",
      h("blockquote", { dir: "auto" }, answer.text),
      h(
        "div",
        { class: "row" },
        button(t("insert"), () => this.use(), { title: "Alt + I" }),
        button(t("edit"), () => this.edit(), { title: "Alt + O" }),
        button(t("send"), () => this.send(), { class: sure ? "primary" : "", title: "Alt + S" }),
        button(t("dismiss"), () => this.dismiss(), { class: "quiet", title: "Alt + D" }),
      ),
      this.differently(answer),
      this.again(),
      answer.sources.length
        ? h("h3", {}, t(answer.outcome === "refused" ? "nearest_articles" : "sources"))
        : h("p", { class: "hint" }, t("no_source")),
      h("ol", { class: "sources" }, ...answer.sources.map((source) => {
        const found = evidence.find(({ id }) => id === source.id);
        return h("li", {}, sourceTitle(source.title, source.url, source.score), found && highlighted(found));
      })),
    );
  }

  /** The same answer in other words: by a style, or as the agent asks. */
  private differently(answer: Answer): HTMLElement | string {
    if (answer.outcome !== "answered") return "";
    const words = h("input", { "aria-label": t("instruction"), placeholder: t("instruction"), maxlength: 200, autocomplete: "off" });
    const form = h("form", { class: "row again" }, words, h("button", { class: "quiet" }, t("reword")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = words.value.trim();
      if (asked) void this.reword("instruction", asked);
      else words.focus();
    });
    const styles = (["shorter", "friendlier", "formal"] as const).map((style) => button(t(`style_${style}`), () => this.reword(style), { class: "quiet small" }));
    return h("div", { class: "differently", role: "group", "aria-label": t("reword_suggestion") }, h("div", { class: "row" }, ...styles), form);
  }

  /** Go to where the agent says how it should be put. */
  askHow(): void {
    this.place.querySelector<HTMLElement>(".differently input")?.focus();
  }

  /** Another answer: to the same question, or to the agent's words. */
  private again(): HTMLElement {
    const words = h("input", { "aria-label": t("other_words"), placeholder: t("other_words"), maxlength: 1000 });
    const form = h("form", { class: "row again" }, words, h("button", { class: "quiet", title: "Alt + R" }, t("regenerate")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask(words.value.trim());
    });
    return form;
  }

  /** What the bot would say is that a person will answer: nothing for that person to send. */
  private leave(answer: Answer): void {
    this.draw(h("p", { class: "tags" }, modeBadge(answer)), h("p", { class: "hint" }, t("would_hand_over")), this.askButton("ask_again"));
  }

  use(instead = false): void {
    if (this.asking) this.wanted = () => this.use(instead);
    if (!this.answer) return;
    this.inserted = this.answer;
    this.act.insert(this.answer.text, instead);
    this.act.log("inserted", this.answer);
  }

  edit(): void {
    this.use(true);
  }

  dismiss(): void {
    if (this.asking) this.clear(this.id, "answered");
    if (!this.answer) return;
    this.act.log("dismissed", this.answer);
    this.clear(this.id, "answered");
  }

  /** A reply went out: tell what became of the suggestion that was inserted into it. */
  said(text: string): void {
    if (this.inserted) this.act.log(text.trim() === this.inserted.text.trim() ? "sent" : "edited", this.inserted, text);
    this.inserted = null;
  }

  async send(): Promise<void> {
    const { answer } = this;
    if (this.asking) this.wanted = () => this.send();
    if (!answer) return;
    for (const node of this.place.querySelectorAll("button")) node.disabled = true;
    this.inserted = answer;
    if (await this.act.say(answer.text)) return;
    for (const node of this.place.querySelectorAll("button")) node.disabled = false;
  }

  private askButton(label: Key): HTMLElement {
    return button(t(label), () => this.ask(), { class: "quiet", title: "Alt + R" });
  }

  private draw(...content: (HTMLElement | string)[]): void {
    this.place.replaceChildren(h("header", {}, h("h2", {}, t("suggested"))), h("div", { class: "inside" }, ...content));
  }
}

/** An entry's words with what supports the answer marked. Its offsets count code points, as Python does. */
export function highlighted({ text, spans }: Evidence): HTMLElement {
  const chars = [...text];
  const node = h("p", { class: "entry", dir: "auto" });
  let at = 0;
  for (const { start, end, sentence, support } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    node.append(chars.slice(at, Math.max(at, start)).join(""));
    node.append(h("mark", { title: t("supports", sentence + 1, percent(support)) }, chars.slice(Math.max(at, start), end).join("")));
    at = end;
  }
  node.append(chars.slice(at).join(""));
  return node;
}
