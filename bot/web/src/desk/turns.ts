// One turn as an agent sees it: who said it, and for the bot how it came to it.

import { button, clock, h, percent, said, webLink } from "./dom";
import { type Key, named, t } from "./texts";
import type { Answer, Attachment, Turn } from "./types";

/** Events whose name is who did it. */
const BY = new Set(["taken_over", "resolved", "reopened", "assigned", "snoozed"]);
const KNOWN = new Set([
  ...BY, "handed_back", "handed_over", "undeliverable", "stopped", "withdrawn", "edited", "rated_up", "rated_down",
  "undelivered", "unconfirmed", "commented", "scored",
]); // prettier-ignore
/** What an agent should look after. */
const FLAGGED = new Set(["undelivered", "unconfirmed", "undeliverable"]);
const LONGEST_QUOTE = 60;
/** The event whose words are a colleague's; those of others are the customer's. */
const NOTED = "noted";
/** Outcomes of an answer that may have been wrong. */
const JUDGED = new Set(["answered", "refused", "clarified"]);

export interface TurnActs {
  /** A file that is kept here. */
  file(file: Attachment): Node | null;
  wrong(turn: Turn): void;
  save(turn: Turn): void;
}

const who = (name = "") => ({ "": t("an_agent"), customer: t("the_customer") })[name] ?? name;

/** The words about which an event tells: its id is that turn's id and what happened. Of ratings there may be several,
    so they name the turn. */
function quoteOf(turn: Turn, turns: Turn[]): string {
  if (turn.note) return `: “${turn.note}”`;
  const about = turns.find(({ id }) => turn.name === id || turn.id === `${id}-${turn.text}`);
  if (!about || ["stopped", "handed_over"].includes(turn.text)) return "";
  const text = said(about.text) || (about.attachments ?? []).map(({ kind }) => `[${kind}]`).join(" ");
  return `: “${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}”`;
}

function eventWords({ text, name = "" }: Turn): string {
  if (!KNOWN.has(text)) return text.replaceAll("_", " ");
  if (text === "handed_over" && name) return t("event_handed_over_because", named("reason", name));
  return t(`event_${text}` as Key, BY.has(text) ? who(name) : name);
}

function eventNode(turn: Turn, turns: Turn[]): HTMLElement {
  const flagged = FLAGGED.has(turn.text);
  return h(
    "p",
    { class: flagged ? "event flagged" : "event", "data-turn": turn.id },
    h("span", { dir: "auto" }, `${flagged ? "⚠ " : ""}${eventWords(turn)}${quoteOf(turn, turns)}`),
  );
}

const noteNode = (turn: Turn) =>
  h(
    "article",
    { class: "turn note", "data-turn": turn.id },
    h("p", { class: "name" }, h("b", {}, turn.name || t("an_agent")), ` ${clock(turn.at)} · ${t("private_note")}`),
    h("div", { class: "words", dir: "auto" }, turn.note),
  );

/** `turns` are those that came before it. */
export function turnNode(turn: Turn, customer: string, turns: Turn[] = [], acts?: TurnActs): HTMLElement {
  if (turn.role === "event") return turn.text === NOTED ? noteNode(turn) : eventNode(turn, turns);
  const speaker = { customer, bot: t("bot"), agent: turn.name || t("agent") }[turn.role];
  return h(
    "article",
    { class: `turn ${turn.role}`, "data-turn": turn.id },
    h("p", { class: "name" }, h("b", {}, speaker), ` ${clock(turn.at)}`),
    h("div", { class: "words", dir: "auto" }, said(turn.text)),
    turn.attachments?.length && h("p", { class: "tags" }, ...turn.attachments.map((file) => acts?.file(file) ?? attachmentNode(file))),
    turn.answer && answerNode(turn.answer),
    acts && actsOn(turn, acts),
  );
}

function actsOn(turn: Turn, acts: TurnActs): HTMLElement | null {
  if (turn.role === "bot" && turn.answer && JUDGED.has(turn.answer.outcome))
    return h("p", { class: "acts" }, button(t("wrong"), () => acts.wrong(turn), { class: "quiet small" }));
  if (turn.role === "agent")
    return h("p", { class: "acts" }, button(t("save_entry"), () => acts.save(turn), { class: "quiet small" }));
  return null;
}

function attachmentNode({ kind, name }: { kind: string; name: string }): HTMLElement {
  return h("span", { class: "tag attachment", dir: "auto" }, `[${kind}]${name ? ` ${name}` : ""}`);
}

function answerNode(answer: Answer): HTMLElement {
  if (!answer.sources.length) return h("p", { class: "answer" }, modeBadge(answer));
  const count = answer.sources.length;
  return h(
    "details",
    { class: "answer" },
    h("summary", {}, modeBadge(answer), h("span", {}, t(count === 1 ? "one_source" : "sources_count", count))),
    sourceList(answer),
  );
}

export function modeBadge(answer: Answer): HTMLElement {
  const words = [named("made", answer.mode), percent(answer.confidence)];
  if (answer.reason) words.push(named("reason", answer.reason));
  return h("span", { class: `tag mode ${answer.outcome}`, title: t("mode_title") }, words.join(" · "));
}

function sourceList(answer: Answer): HTMLElement {
  return h(
    "ol",
    { class: "sources" },
    ...answer.sources.map((source) => {
      const quotes = answer.sentences.filter((sentence) => sentence.sources.includes(source.id));
      return h(
        "li",
        {},
        sourceTitle(source.title, source.url, source.score),
        ...quotes.map((sentence) =>
          h("p", { class: "quote", dir: "auto", title: t("supported", percent(sentence.support)) }, sentence.text),
        ),
      );
    }),
  );
}

export function sourceTitle(title: string, url: string | null, score: number): HTMLElement {
  return h(
    "p",
    { class: "title" },
    h("span", {}, url ? webLink(url, title) : title),
    h("span", { class: "score", title: t("score_title") }, score.toFixed(2)),
  );
}
