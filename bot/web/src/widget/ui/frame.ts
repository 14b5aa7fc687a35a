/** What stands around the turns: the launcher, the top, the banner. */
import { html, nothing, type TemplateResult } from "lit/html.js";
import { fill } from "../locales.js";
import { PERSON_COMMAND } from "../model.js";
import type { KefuChat } from "./element.js";
import { icon } from "./icons.js";

const BADGE_MOST = 9;
const PREVIEW_LENGTH = 140;

export function launcherView(view: KefuChat): TemplateResult {
  const { unread } = view.conversation;
  const news = unread ? ` (${fill(view.texts.unread, { n: unread }, view.language)})` : "";
  return html`${previewView(view)}<button
      type="button"
      class="launcher"
      aria-expanded="false"
      aria-label=${view.texts.open + news}
      @click=${() => view.open()}
    >${unread ? html`<span class="badge">${unread > BADGE_MOST ? `${BADGE_MOST}+` : unread}</span>` : nothing}</button>`;
}

function previewView(view: KefuChat): TemplateResult {
  const { preview } = view.conversation;
  const text = preview && (preview.text.length > PREVIEW_LENGTH ? `${preview.text.slice(0, PREVIEW_LENGTH)}…` : preview.text);
  return html`<div role="status" class="preview">${
    text
      ? html`<button type="button" class="peek" dir="auto" @click=${() => view.open()}>${text}</button
          ><button type="button" class="tool" aria-label=${view.texts.dismiss} @click=${() => view.conversation.read()}>${icon("close", 16)}</button>`
      : nothing
  }</div>`;
}

const tool = (name: "restart" | "close" | "more", label: string, act: () => void, expanded: unknown = nothing): TemplateResult =>
  html`<button type="button" class="tool ${name}" title=${label} aria-label=${label} aria-expanded=${expanded} @click=${act}>${icon(name, 20)}</button>`;

export function topView(view: KefuChat): TemplateResult {
  const { texts } = view;
  const { agent } = view.conversation.thread.state;
  return html`<div class="top">
    <span class="face" aria-hidden="true">${agent ? [...agent][0]?.toUpperCase() : icon("chat", 20)}</span>
    <div class="who"><h2 dir="auto">${view.heading}</h2><p class="status">${statusOf(view)}</p></div>
    ${tool("restart", texts.restart, () => view.askRestart())}
    ${tool("more", texts.more, () => view.toggleMenu(), view.menu)}
    ${view.floating ? tool("close", texts.close, () => view.close()) : nothing}
  </div>
  ${view.menu ? menuView(view) : nothing}`;
}

function statusOf(view: KefuChat): string {
  const { texts, opens } = view;
  const { agent, status } = view.conversation.thread.state;
  if (agent) return fill(texts.team, { name: agent });
  if (status === "waiting") return texts.waiting;
  if (!opens) return texts.botStatus;
  const when = new Intl.DateTimeFormat(view.language, { weekday: "long", hour: "2-digit", minute: "2-digit" }).format(opens);
  return fill(texts.away, { when });
}

function menuView(view: KefuChat): TemplateResult {
  const { texts, conversation, acts } = view;
  const quiet = conversation.memory.kept.quiet;
  const entry = (label: string, act: () => void): TemplateResult =>
    html`<li><button type="button" @click=${() => view.choose(act)}>${label}</button></li>`;
  return html`<ul class="menu">
    ${entry(quiet ? texts.soundOn : texts.soundOff, () => conversation.memory.set({ quiet: !quiet }))}
    ${conversation.thread.started
      ? html`${acts ? entry(texts.transcript, () => acts.save()) : nothing}${entry(texts.end, () => void conversation.end())}`
      : nothing}
  </ul>`;
}

export function bannerView(view: KefuChat): TemplateResult {
  const { texts } = view;
  const offline = !view.conversation.connected;
  return html`<div class="banner" role="status" ?hidden=${!offline && !view.confirming}>${
    view.confirming
      ? html`${texts.sure}<div>
            <button type="button" class="yes" @click=${() => view.restart(true)}>${texts.yes}</button>
            <button type="button" @click=${() => view.restart(false)}>${texts.no}</button>
          </div>`
      : offline
        ? texts.offline
        : nothing
  }</div>`;
}

export function typingView(view: KefuChat): TemplateResult {
  const { writing } = view.conversation;
  const name = writing === "bot" ? view.texts.bot : writing;
  return html`<div class="typing" ?hidden=${!writing}>${
    writing
      ? html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${fill(view.texts.typing, { name })}`
      : nothing
  }</div>`;
}

export function personView(view: KefuChat): TemplateResult {
  const { texts, conversation } = view;
  const { agent, status } = conversation.thread.state;
  const called = conversation.thread.items.some(({ turn, delivery }) => delivery === "pending" && turn.text === PERSON_COMMAND);
  const label = agent ? fill(texts.with, { name: agent }) : status === "waiting" ? texts.handed_over : texts.person;
  return html`<div class="person">
    <button type="button" ?disabled=${conversation.handedOver || called} @click=${() => view.askForPerson()}>${icon("person", 16)}<span>${label}</span></button>
    ${conversation.answering
      ? html`<button type="button" class="stop" ?disabled=${conversation.stopping} @click=${() => view.stop()}>${icon("stop", 14)}${texts.stop}</button>`
      : nothing}
  </div>`;
}
