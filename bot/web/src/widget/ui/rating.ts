/** What can be done with an answer: copy it, rate it, say why; and how the whole conversation was. */
import { html, nothing, type TemplateResult } from "lit/html.js";
import { fill } from "../locales.js";
import type { Turn } from "../model.js";
import { words } from "../transcript.js";
import type { KefuChat } from "./element.js";
import { icon } from "./icons.js";

const SCORES = [1, 2, 3, 4, 5];

export function actsView(turn: Turn, view: KefuChat): unknown {
  if (turn.outcome !== "answered") return nothing;
  const { texts } = view;
  const copied = view.marks.copied === turn.id;
  return html`<div class="acts">
      <div class="rating" role="group">${rateButton(turn, true, view)}${rateButton(turn, false, view)}</div>
      ${navigator.clipboard
        ? html`<button type="button" class="copy" title=${texts.copy} aria-label=${texts.copy} @click=${() => view.marks.copy(turn.id, words(turn, texts))}>
            ${copied ? texts.copied : icon("copy", 16)}
          </button>`
        : nothing}
    </div>
    ${view.marks.complaining === turn.id ? whyView(view, (comment) => view.marks.complain(turn.id, comment)) : nothing}`;
}

function rateButton(turn: Turn, good: boolean, view: KefuChat): TemplateResult {
  const label = good ? view.texts.good : view.texts.bad;
  return html`<button
    type="button"
    aria-label=${label}
    title=${label}
    aria-pressed=${view.marks.ratings.get(turn.id) === good}
    @click=${() => view.marks.rate(turn.id, good)}
  >${icon(good ? "good" : "bad", 16)}</button>`;
}

function whyView(view: KefuChat, told: (comment: string) => void): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = (event.target as HTMLFormElement).elements.namedItem("why") as HTMLInputElement;
    told(value.trim());
  };
  return html`<form class="why" @submit=${submit}>
    <input name="why" maxlength="500" dir="auto" aria-label=${view.texts.why} placeholder=${view.texts.why} />
    <button type="submit">${view.texts.tell}</button>
  </form>`;
}

/** Five stars under a conversation that has ended, then thanks and room for words. */
export function scoreView(view: KefuChat): TemplateResult {
  const { texts } = view;
  const { score } = view.marks;
  return html`<div class="score" role="group" aria-label=${texts.rate}>
    <p>${score ? texts.thanks : texts.rate}</p>
    <div class="stars">${SCORES.map((n) => starView(n, view))}</div>
    ${view.marks.complaining === "score" ? whyView(view, (comment) => view.marks.judge(score, comment)) : nothing}
  </div>`;
}

function starView(n: number, view: KefuChat): TemplateResult {
  const label = fill(view.texts.stars, { n }, view.language);
  return html`<button
    type="button"
    class=${n <= view.marks.score ? "lit" : ""}
    aria-label=${label}
    title=${label}
    aria-pressed=${n === view.marks.score}
    @click=${() => view.marks.judge(n)}
  >${icon("star", 22)}</button>`;
}
