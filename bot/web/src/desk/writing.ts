// Has words put differently: asks the desk's API, shows them as they come, and says why they are withheld.

import { call, lines, of } from "./api";
import { h } from "./dom";
import { type Key, locale, t } from "./texts";
import type { Made } from "./types";

export const STYLES = ["shorter", "friendlier", "formal", "spelling"] as const;
export type Style = (typeof STYLES)[number] | "instruction" | "translate";

interface Line {
  sentence?: string;
  made?: Made;
  error?: string;
}

/** What is to be written: a draft in a style, or a translation of a draft or of a turn. */
export type Wish =
  | { act: "rewrite"; text: string; style: Style; instruction?: string; entries?: string[] }
  | { act: "translate"; text?: string; turn?: string; to?: string };

/** Have it written; `shown` gets what there is so far. */
export async function write(id: string, wish: Wish, signal: AbortSignal, shown: (so_far: string) => void): Promise<Made> {
  const { act, ...body } = wish;
  let so_far = "";
  let made: Made | undefined;
  await lines<Line>(of(id, act), body, signal, (line) => {
    if (line.error) throw new Error(line.error);
    if (line.sentence) shown((so_far = joined(so_far, line.sentence)));
    made = line.made ?? made;
  });
  if (!made) throw new Error(t("failed_failed"));
  return made;
}

const joined = (before: string, sentence: string) => (before && !/[。！？；]$/.test(before) ? `${before} ${sentence}` : before + sentence);

/** Why nothing can be used, in one sentence; empty when it can. */
export function objection({ text, failure, guarded }: Made): string {
  if (text) return "";
  if (failure) return t(`failed_${failure}` as Key);
  if (guarded.lost.length) return t("withheld_lost", guarded.lost.join(", "));
  if (guarded.added.length) return t("withheld_added", guarded.added.join(", "));
  return t(`withheld_${guarded.other[0] ?? "empty"}` as Key);
}

/** A language's name in the desk's own language. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Tell what an agent did with words that were offered. */
export const judge = (conversation: string, act: "approved" | "discarded", style: Style, before: string, after: string) =>
  void call("POST", "writings", { conversation, act, style, before: before.slice(0, 2000), after: after.slice(0, 4000) }).catch(() => {});

/** Names that a translation may have changed. */
export const doubts = ({ guarded }: Made) => guarded.doubtful.length > 0 && h("p", { class: "hint" }, t("look_at", guarded.doubtful.join(", ")));
