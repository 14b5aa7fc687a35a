// Windows in which a draft is put differently or translated: before and after, to be used or thrown away.

import { button, h, select } from "./dom";
import { field, open } from "./dialog";
import { t } from "./texts";
import type { Made } from "./types";
import { STYLES, type Style, type Wish, doubts, judge, languageName, objection, write } from "./writing";

/** Languages that a draft can be translated into, besides the customer's. */
const LANGUAGES = ["en", "zh", "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "ja", "ko", "ar", "tr", "vi"];

export interface RewordingActs {
  /** Put `text` in the place of the draft; `before` is what it stands for, when it is a translation. */
  use(text: string, before?: string): void;
}

/** Before and after, side by side; what comes is read out. */
class Comparison {
  readonly node: HTMLElement;
  private readonly after = h("blockquote", { dir: "auto", class: "after", "aria-live": "polite" });
  private readonly told = h("p", { class: "hint", role: "status" });
  private readonly doing = h("div", { class: "row" });
  private asking = new AbortController();
  private offered = "";

  constructor(
    private readonly id: string,
    private readonly text: string,
    private readonly style: Style,
    labels: [before: string, after: string],
    private readonly use: (made: Made) => void,
  ) {
    const part = (label: string, words: HTMLElement) => h("section", {}, h("h3", {}, label), words);
    this.node = h(
      "div",
      { class: "compared" },
      h("div", { class: "pair" }, part(labels[0], h("blockquote", { dir: "auto" }, text)), part(labels[1], this.after)),
      this.told,
      this.doing,
    );
  }

  async ask(wish: Wish, again: () => void): Promise<void> {
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    this.after.textContent = "";
    this.told.className = "hint busy";
    this.told.textContent = t("writing");
    this.doing.replaceChildren(button(t("discard"), again, { class: "quiet" }));
    try {
      const made = await write(this.id, wish, signal, (so_far) => (this.after.textContent = so_far));
      this.show(made, again);
    } catch (error) {
      if (!signal.aborted) this.fail((error as Error).message, again);
    }
  }

  private show(made: Made, again: () => void): void {
    const why = objection(made);
    if (why) return this.fail(why, again);
    this.offered = this.after.textContent = made.text;
    this.told.className = "hint";
    this.told.replaceChildren(...[this.style === "translate" && t("translation_hint"), doubts(made)].filter((each) => each !== false));
    const take = button(t("use_this"), () => this.take(made), { class: "primary" });
    const drop = button(t("discard"), () => {
      this.leave();
      again();
    });
    this.doing.replaceChildren(take, drop);
    take.focus();
  }

  private take(made: Made): void {
    this.offered = "";
    judge(this.id, "approved", this.style, this.text, made.text);
    this.use(made);
  }

  private fail(why: string, again: () => void): void {
    this.after.textContent = t("withheld");
    this.told.className = "hint bad";
    this.told.textContent = why;
    const back = button(t("another"), again);
    this.doing.replaceChildren(back);
    back.focus();
  }

  /** Nobody waits any more: what was offered and not used is thrown away. */
  leave(): void {
    this.asking.abort();
    if (this.offered) judge(this.id, "discarded", this.style, this.text, this.offered);
    this.offered = "";
  }
}

/** Choose how a draft is to be put, compare, use or discard. */
export function reword(id: string, text: string, act: RewordingActs): void {
  const place = h("div", { class: "column" });
  let comparison: Comparison | undefined;
  const dialog = open(t("reword_title"), (done) => {
    const start = (style: Style, instruction = "") => {
      comparison = new Comparison(id, text, style, [t("before"), t("after")], (made) => {
        done();
        act.use(made.text);
      });
      place.replaceChildren(comparison.node);
      void comparison.ask({ act: "rewrite", text, style, instruction }, choices);
    };
    const choices = () => {
      comparison?.leave();
      const wanted = h("input", { required: true, maxlength: 200, placeholder: t("instruction_placeholder"), autocomplete: "off" });
      const form = h("form", {}, field(t("instruction"), wanted), h("div", { class: "row" }, h("button", {}, t("style_instruction"))));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        start("instruction", wanted.value.trim());
      });
      const styles = STYLES.map((style) => button(t(`style_${style}`), () => start(style)));
      place.replaceChildren(h("p", { class: "hint" }, t("reword_hint")), h("blockquote", { dir: "auto" }, text), h("div", { class: "row" }, ...styles), form);
      styles[0]!.focus();
    };
    choices();
    return [place];
  }, "wide");
  dialog.addEventListener("close", () => comparison?.leave());
  place.querySelector("button")?.focus();
}

/** Translate a draft into the customer's language, or another; both are shown before it is used. */
export function translateDraft(id: string, text: string, to: string, act: RewordingActs): void {
  let comparison: Comparison | undefined;
  const dialog = open(t("translate_title"), (done) => {
    const place = h("div", { class: "column" });
    const languages = [...new Set([...(to ? [to] : []), ...LANGUAGES])];
    const start = (language: string) => {
      comparison?.leave();
      comparison = new Comparison(id, text, "translate", [t("original"), t("translation")], (made) => {
        done();
        act.use(made.text, text);
      });
      place.replaceChildren(comparison.node);
      void comparison.ask({ act: "translate", text, to: language }, done);
    };
    const chosen = select(t("to_language"), languages.map((code): [string, string] => [code, languageName(code)]), languages[0]!, start);
    start(languages[0]!);
    return [field(t("to_language"), chosen), place];
  }, "wide");
  dialog.addEventListener("close", () => comparison?.leave());
}
