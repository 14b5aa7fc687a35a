// One turn as an agent sees it: who said it, and for the bot how it came to it.

import { clock, h, percent, said, webLink } from "./dom.js";

const who = (name) => ({ "": "An agent", customer: "The customer" })[name] ?? name;

const EVENTS = {
  taken_over: (name) => `${who(name)} took over`,
  handed_back: () => "Handed back to the bot",
  handed_over: (reason) => `Handed over to the agents${reason && `: ${reason.replaceAll("_", " ")}`}`,
  undeliverable: () => "The bot failed to answer: please reply",
  resolved: (name) => `${who(name)} resolved the conversation`,
  reopened: (name) => `${who(name)} reopened the conversation`,
  stopped: () => "The customer stopped the answer",
  withdrawn: () => "The bot took its answer back",
  edited: () => "The customer changed this message after it was sent",
  rated_up: () => "The customer found this answer helpful",
  rated_down: () => "The customer found this answer not helpful",
  undelivered: () => "Not delivered: the customer has not seen this",
  unconfirmed: () => "It is not certain that the customer has seen this",
};
/* What an agent should look after. */
const FLAGGED = new Set(["undelivered", "unconfirmed", "undeliverable"]);
const LONGEST_QUOTE = 60;

/* The words about which an event tells: its id is that turn's id and what happened. Of ratings there may be several,
   so they name the turn. */
function quoteOf(turn, turns) {
  const about = turns.find(({ id }) => turn.name === id || turn.id === `${id}-${turn.text}`);
  if (!about || ["stopped", "handed_over"].includes(turn.text)) return "";
  const text = said(about.text) || attachmentWords(about);
  return `: “${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}”`;
}

const attachmentWords = (turn) => (turn.attachments ?? []).map(({ kind }) => `[${kind}]`).join(" ");

function eventNode(turn, turns) {
  const words = EVENTS[turn.text]?.(turn.name) ?? turn.text.replaceAll("_", " ");
  const flagged = FLAGGED.has(turn.text);
  return h(
    "p",
    { class: flagged ? "event flagged" : "event", "data-turn": turn.id },
    h("span", { dir: "auto" }, `${flagged ? "⚠ " : ""}${words}${quoteOf(turn, turns)}`),
  );
}

function attachmentNode({ kind, name }) {
  return h("span", { class: "tag attachment", dir: "auto" }, `[${kind}]${name ? ` ${name}` : ""}`);
}

/* `turns` are those that came before it. */
export function turnNode(turn, customer, turns = []) {
  if (turn.role === "event") return eventNode(turn, turns);
  const speaker = { customer, bot: "Bot", agent: turn.name || "Agent" }[turn.role];
  return h(
    "article",
    { class: `turn ${turn.role}`, "data-turn": turn.id },
    h("p", { class: "name" }, h("b", {}, speaker), ` ${clock(turn.at)}`),
    h("div", { class: "words", dir: "auto" }, said(turn.text)),
    turn.attachments?.length ? h("p", { class: "tags" }, ...turn.attachments.map(attachmentNode)) : null,
    turn.answer ? answerNode(turn.answer) : null,
  );
}

export function answerNode(answer) {
  if (!answer.sources.length) return h("p", { class: "answer" }, modeBadge(answer));
  return h(
    "details",
    { class: "answer" },
    h(
      "summary",
      {},
      modeBadge(answer),
      h("span", {}, `${answer.sources.length} ${answer.sources.length === 1 ? "source" : "sources"}`),
    ),
    sourceList(answer),
  );
}

export function modeBadge(answer) {
  const words = [answer.mode, percent(answer.confidence)];
  if (answer.reason) words.push(answer.reason.replaceAll("_", " "));
  return h(
    "span",
    { class: `tag mode ${answer.outcome}`, title: "How the answer was made, and how sure the bot is" },
    words.join(" · "),
  );
}

export function sourceList(answer) {
  return h(
    "ol",
    { class: "sources" },
    ...answer.sources.map((source) => {
      const quotes = answer.sentences.filter((sentence) => sentence.sources.includes(source.id));
      return h(
        "li",
        {},
        h(
          "p",
          { class: "title" },
          h("span", {}, source.url ? webLink(source.url, source.title) : source.title),
          h("span", { class: "score", title: "How near it is to the question" }, source.score.toFixed(2)),
        ),
        ...quotes.map((sentence) =>
          h("p", { class: "quote", dir: "auto", title: `Supported by ${percent(sentence.support)}` }, sentence.text),
        ),
      );
    }),
  );
}
