/** A conversation as a text that can be kept. */
import { fill, type Texts } from "./locales.js";
import { PERSON_COMMAND, type Turn } from "./model.js";

/** One paragraph a turn, with its time, its speaker and its sources. */
export function transcript(turns: Turn[], texts: Texts, language: string): string {
  const time = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" });
  return turns.map((turn) => `[${time.format(turn.at * 1000)}] ${line(turn, texts)}`).join("\n\n") + "\n";
}

function line(turn: Turn, texts: Texts): string {
  if (turn.role === "event") return happened(turn, texts);
  const sources = (turn.sources ?? []).map(({ number, title, url }) => `\n  [${number}] ${title}${url ? ` – ${url}` : ""}`);
  return `${speaker(turn, texts)}: ${words(turn, texts)}${sources.join("")}`;
}

export function speaker(turn: Turn, texts: Texts): string {
  if (turn.role === "customer") return texts.you;
  return turn.role === "bot" ? texts.bot : (turn.name ?? texts.human);
}

export const words = (turn: Turn, texts: Texts): string =>
  turn.role === "customer" && turn.text === PERSON_COMMAND ? texts.person : turn.text;

export function happened(turn: Turn, texts: Texts): string {
  const text = Object.hasOwn(texts, turn.text) && texts[turn.text as keyof Texts];
  return text ? fill(text, { name: turn.name ?? "" }) : "";
}
