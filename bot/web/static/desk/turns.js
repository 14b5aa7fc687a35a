// One turn as an agent sees it: who said it, and for the bot how it came to it.

import { clock, h, percent, said, webLink } from "./dom.js";

const EVENTS = {
  taken_over: (name) => `${name || "An agent"} took over`,
  handed_back: () => "Handed back to the bot",
  handed_over: () => "Handed over to the agents",
  undeliverable: () => "The bot failed to answer: please reply",
};

export function turnNode(turn, customer) {
  if (turn.role === "event")
    return h("p", { class: "event", "data-turn": turn.id }, EVENTS[turn.text]?.(turn.name) ?? turn.text);
  const speaker = { customer, bot: "Bot", agent: turn.name || "Agent" }[turn.role];
  return h(
    "article",
    { class: `turn ${turn.role}`, "data-turn": turn.id },
    h("p", { class: "name" }, h("b", {}, speaker), ` ${clock(turn.at)}`),
    h("div", { class: "words", dir: "auto" }, said(turn.text)),
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
