/** Texts cut into what is shown: links, sentences with their sources, offers. Makes no markup. */
import type { Sentence, Source, Turn } from "./model.js";

export interface Piece {
  text: string;
  href: string | null;
}

export interface Part {
  text: string;
  sources: number[];
}

/** A refusal or a question back: the words before and after what it offers. */
export interface Offer {
  before: string;
  after: string;
  /** Whether the text itself introduces what is offered. */
  introduced: boolean;
  articles: Source[];
}

const ADDRESS = /(https?:\/\/[^\s<>"'，。；！？（）【】\p{Cf}]*[^\s<>"'，。；！？（）【】\p{Cf}.,;:!?)\]])/u;
const OFFERING = new Set(["refused", "clarified"]);

/** The address when it leads to the web, and nowhere else. */
export function webAddress(text: string): string | null {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** The text with its web addresses told apart. */
export function pieces(text: string): Piece[] {
  return text
    .split(ADDRESS)
    .map((part, i) => ({ text: part, href: i % 2 ? webAddress(part) : null }))
    .filter((piece) => piece.text);
}

/** The text cut at its sentences, with what lies between them; null when they are not all in it, in order. */
export function sentenceParts(text: string, sentences: Sentence[]): Part[] | null {
  const parts: Part[] = [];
  let at = 0;
  for (const sentence of sentences) {
    const found = text.indexOf(sentence.text, at);
    if (found < 0) return null;
    if (found > at) parts.push({ text: text.slice(at, found), sources: [] });
    parts.push({ text: sentence.text, sources: sentence.sources });
    at = found + sentence.text.length;
  }
  if (!parts.length) return null;
  if (at < text.length) parts.push({ text: text.slice(at), sources: [] });
  return parts;
}

/** The same of sentences that are said one by one, before the whole text is known. */
export function growingParts(sentences: string[]): Part[] {
  return sentences.flatMap((text, i) => {
    const gap = i && !/[。！？；]$/.test(sentences[i - 1] ?? "") ? [{ text: " ", sources: [] }] : [];
    return [...gap, { text, sources: [] }];
  });
}

/** What a complete turn says, with numbers of sources where they belong. */
export function turnParts(turn: Turn, text: string): Part[] {
  const every = (turn.sources ?? []).map((source) => source.number);
  return sentenceParts(text, turn.sentences ?? []) ?? [{ text, sources: every }];
}

/** What a turn offers to choose from; null when it offers nothing. */
export function offerOf(turn: Turn): Offer | null {
  const articles = turn.sources ?? [];
  if (!OFFERING.has(turn.outcome ?? "") || !articles.length) return null;
  const names = new Set(articles.flatMap(({ title }, i) => [`- ${title}`, `${i + 1}. ${title}`]));
  const lines = turn.text.split("\n");
  const at = lines.findIndex((line) => names.has(line));
  if (at < 0) return { before: turn.text, after: "", introduced: false, articles };
  const after = lines.slice(at).filter((line) => !names.has(line));
  return { before: lines.slice(0, at).join("\n"), after: after.join("\n"), introduced: true, articles };
}

/** Sources of an answer that no sentence of it names. */
export function related(turn: Turn): Source[] {
  const named = new Set((turn.sentences ?? []).flatMap(({ sources }) => sources));
  return turn.outcome === "answered" && named.size ? (turn.sources ?? []).filter(({ number }) => !named.has(number)) : [];
}
