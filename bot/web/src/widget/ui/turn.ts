/** How one turn looks. */
import { html, nothing, type TemplateResult } from "lit/html.js";
import { map } from "lit/directives/map.js";
import { fill } from "../locales.js";
import type { Source, Turn } from "../model.js";
import { growingParts, type Offer, offerOf, type Part, pieces, related, turnParts, webAddress } from "../text.js";
import type { Shown } from "../thread.js";
import { happened, speaker, words } from "../transcript.js";
import type { KefuChat } from "./element.js";

export const speakerKey = ({ turn }: Shown): string => (turn.role === "event" ? "" : `${turn.role} ${turn.name ?? ""}`);

const link = (href: string, text: unknown): TemplateResult =>
  html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;

const linked = (text: string) => map(pieces(text), (piece) => (piece.href ? link(piece.href, piece.text) : piece.text));

export function turnView(item: Shown, again: boolean, view: KefuChat): TemplateResult {
  const { turn } = item;
  if (turn.role === "event") return eventView(item, view);
  const kind = ["turn", turn.role, again && "again", item.making && "making", item.delivery].filter(Boolean).join(" ");
  return html`<div class=${kind} data-turn=${turn.id}>
    ${turn.role === "customer" ? html`<span class="unseen">${view.texts.you}: </span>` : nameView(turn, view)}
    ${turn.text || item.making ? html`<div class="words" dir="auto">${bodyView(item, view)}</div>` : nothing}
    ${attachmentsView(turn, view)}${cardsView(turn, view)}${relatedView(turn, view)}
    ${turn.outcome === "answered" ? view.acts?.answer(turn) : nothing}
    ${item.delivery ? deliveryView(item, view) : nothing}
  </div>`;
}

function eventView({ turn }: Shown, view: KefuChat): TemplateResult {
  const { items } = view.conversation.thread;
  const last = items.at(-1)?.turn === turn;
  const again =
    turn.text === "stopped" && last
      ? html` <button type="button" class="plain" @click=${() => view.conversation.askAgain()}>${view.texts.again}</button>`
      : nothing;
  return html`<p class="event turn" data-turn=${turn.id || nothing}>${happened(turn, view.texts)}${again}</p>`;
}

function nameView(turn: Turn, view: KefuChat): TemplateResult {
  const { texts } = view;
  const time = new Intl.DateTimeFormat(view.language, { hour: "2-digit", minute: "2-digit" }).format(turn.at * 1000);
  const badge = turn.role === "bot" ? texts.machine : texts.human;
  return html`<p class="name"><b>${speaker(turn, texts)}</b> <span class="tag">${badge}</span> ${time}</p>`;
}

function bodyView(item: Shown, view: KefuChat): unknown {
  const { turn, making } = item;
  if (making) return partsView(growingParts(making), turn, view);
  const offer = offerOf(turn);
  if (offer) return offerView(offer, view);
  return partsView(turnParts(turn, words(turn, view.texts)), turn, view);
}

/** Each part keeps its node while the answer grows, or a screen reader would read it again. */
const partsView = (parts: Part[], turn: Turn, view: KefuChat): unknown =>
  map(parts, (part) => html`<span>${linked(part.text)}${map(part.sources, (n) => chipView(n, turn, view))}</span>`);

function chipView(number: number, turn: Turn, view: KefuChat): unknown {
  const source = turn.sources?.[number - 1];
  if (!source) return nothing;
  const key = `${turn.id}:${number}`;
  return html`<button
    type="button"
    class="chip"
    aria-expanded=${view.expanded.has(key)}
    aria-label=${fill(view.texts.source, { n: number, title: source.title }, view.language)}
    title=${source.title}
    @click=${() => view.expand(key)}
  >${number}</button>`;
}

function cardsView(turn: Turn, view: KefuChat): unknown {
  return map(turn.sources ?? [], (source) =>
    view.expanded.has(`${turn.id}:${source.number}`)
      ? html`<div class="card" data-key="${turn.id}:${source.number}"><span class="n">${source.number}</span><span dir="auto">${source.title}<br />${moreView(source, view)}</span></div>`
      : nothing,
  );
}

function moreView({ url }: Source, view: KefuChat): unknown {
  const href = url ? webAddress(url) : null;
  return href ? link(href, `${view.texts.read} · ${new URL(href).host}`) : nothing;
}

const articlesView = (articles: Source[], view: KefuChat): TemplateResult =>
  html`<ul class="articles">${map(
    articles,
    (article) =>
      html`<li><button type="button" dir="auto" @click=${() => view.say(article.title)}>${article.title}</button>${moreView(article, view)}</li>`,
  )}</ul>`;

const offerView = ({ before, after, introduced, articles }: Offer, view: KefuChat): TemplateResult =>
  html`${linked(before)}${introduced ? nothing : html`<p class="near">${view.texts.near}</p>`}${articlesView(articles, view)}${linked(after)}`;

function relatedView(turn: Turn, view: KefuChat): unknown {
  const more = related(turn);
  return more.length ? html`<p class="near">${view.texts.also}</p>${articlesView(more, view)}` : nothing;
}

const attachmentsView = ({ attachments }: Turn, { conversation }: KefuChat): unknown =>
  map(attachments ?? [], (file) => conversation.files?.look(file) ?? html`<p class="file" dir="auto">${file.name || file.kind}</p>`);

function deliveryView(item: Shown, view: KefuChat): TemplateResult {
  const { texts, conversation } = view;
  if (item.delivery === "failed")
    return html`<p class="note">${texts.failed} ${item.reason}<button
        type="button"
        class="plain"
        @click=${() => conversation.retry(item.turn.id)}
      >${texts.retry}</button></p>`;
  const { onWay } = conversation;
  const values = onWay.key === "paced" ? { n: onWay.n } : {};
  return html`<p class="note">${fill(texts[onWay.key], values, view.language)}</p>`;
}

export const suggestionsView = (questions: string[], view: KefuChat): TemplateResult =>
  html`<ul class="articles quick" aria-label=${view.texts.also}>${map(
    questions,
    (question) => html`<li><button type="button" dir="auto" @click=${() => view.say(question)}>${question}</button></li>`,
  )}</ul>`;
