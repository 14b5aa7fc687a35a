/** What can be done with what was said: copy an answer, rate it, say why; rate the whole conversation, and keep it.
 *
 * This part is fetched apart, and is given lit's `html`: it would bring lit a second time.
 */
import type { html, TemplateResult } from "lit/html.js";
import { fill } from "../locales.js";
import type { Turn } from "../model.js";
import { transcript, words } from "../transcript.js";
import type { Acting } from "../ui/acting.js";
import { saveText } from "../ui/browser.js";
import type { KefuChat } from "../ui/element.js";
import style from "./acts.css";
import { Marks } from "./marks.js";
import { type ActTexts, TEXTS } from "./texts.js";

export type Html = typeof html;

const SCORES = [1, 2, 3, 4, 5];
const GOOD = "M8 11l3.6-7.2c1.6 0 2.6 1.1 2.3 2.7L13.4 9h5.1a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H8zM8 11H4v8h4z";
const BAD = "M16 13l-3.6 7.2c-1.6 0-2.6-1.1-2.3-2.7l.5-2.5H5.5a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6H16zM16 13h4V5h-4z";
const COPY = "M9 9h10v11H9zM5 15V4h10";
const STAR = "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z";

export class Acts implements Acting {
  private readonly marks: Marks;

  constructor(
    private readonly view: KefuChat,
    private readonly html: Html,
  ) {
    this.marks = new Marks(view.conversation, () => view.requestUpdate());
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    view.root.adoptedStyleSheets.push(sheet);
  }

  answer(turn: Turn): TemplateResult {
    const { html, marks } = this;
    return html`<div class="acts">
      <div class="rating" role="group">${this.rateButton(turn, true)}${this.rateButton(turn, false)}</div>
      ${navigator.clipboard ? this.copyButton(turn) : ""}
    </div>
    ${marks.complaining === turn.id ? this.why((comment) => marks.complain(turn.id, comment)) : ""}`;
  }

  /** Five stars under a conversation that has ended, then thanks and room for words. */
  score(): TemplateResult {
    const { html, marks, texts } = this;
    const { score } = marks;
    return html`<div class="score" role="group" aria-label=${texts.rate}>
      <p>${score ? texts.thanks : texts.rate}</p>
      <div class="stars">${SCORES.map((n) => this.star(n))}</div>
      ${marks.complaining === "score" ? this.why((comment) => marks.judge(score, comment)) : ""}
    </div>`;
  }

  save(): void {
    const { conversation, texts, language } = this.view;
    const turns = conversation.thread.items.filter(({ making }) => !making).map(({ turn }) => turn);
    saveText("conversation.txt", transcript(turns, texts, language));
  }

  private get texts(): ActTexts {
    return TEXTS[this.view.language];
  }

  private rateButton(turn: Turn, good: boolean): TemplateResult {
    const { html, marks, texts } = this;
    const label = good ? texts.good : texts.bad;
    return html`<button
      type="button"
      aria-label=${label}
      title=${label}
      aria-pressed=${marks.ratings.get(turn.id) === good}
      @click=${() => marks.rate(turn.id, good)}
    >${this.icon(good ? GOOD : BAD, 16)}</button>`;
  }

  private copyButton(turn: Turn): TemplateResult {
    const { html, marks, texts } = this;
    const copy = (): Promise<void> => marks.copy(turn.id, words(turn, this.view.texts));
    return html`<button type="button" class="copy" title=${texts.copy} aria-label=${texts.copy} @click=${copy}>${
      marks.copied === turn.id ? texts.copied : this.icon(COPY, 16)
    }</button>`;
  }

  private why(told: (comment: string) => void): TemplateResult {
    const { html, texts } = this;
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      const { value } = (event.target as HTMLFormElement).elements.namedItem("why") as HTMLInputElement;
      told(value.trim());
    };
    return html`<form class="why" @submit=${submit}>
      <input name="why" maxlength="500" dir="auto" aria-label=${texts.why} placeholder=${texts.why} />
      <button type="submit">${texts.tell}</button>
    </form>`;
  }

  private star(n: number): TemplateResult {
    const { html, marks, texts } = this;
    const label = fill(texts.stars, { n }, this.view.language);
    return html`<button
      type="button"
      class=${n <= marks.score ? "lit" : ""}
      aria-label=${label}
      title=${label}
      aria-pressed=${n === marks.score}
      @click=${() => marks.judge(n)}
    >${this.icon(STAR, 22)}</button>`;
  }

  private icon(path: string, size: number): TemplateResult {
    return this.html`<svg viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true"><path d=${path}></path></svg>`;
  }
}
