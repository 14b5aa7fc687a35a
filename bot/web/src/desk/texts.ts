// The desk's words, in English and Chinese. {0}, {1} … are filled in.

import { remembered_locale } from "./locale";
import { EN } from "./texts_en";
import { HELP_EN } from "./texts_help_en";
import { HELP_ZH } from "./texts_help_zh";
import { ZH } from "./texts_zh";

const ENGLISH = { ...EN, ...HELP_EN };
const CHINESE = { ...ZH, ...HELP_ZH };

export type Key = keyof typeof ENGLISH;

export const locale = remembered_locale();
const words: Record<Key, string> = locale === "zh" ? CHINESE : ENGLISH;

/** Put the words into a page's own nodes: those with data-text, and the labels of those with data-label. */
export function translate(page: Document): void {
  for (const node of page.querySelectorAll<HTMLElement>("[data-text]")) node.textContent = t(node.dataset.text as Key);
  for (const node of page.querySelectorAll<HTMLElement>("[data-label]"))
    node.setAttribute("aria-label", t(node.dataset.label as Key));
}

/** The word for a code of the server's, such as a reason; a code without one is shown as it is, in words. */
export const named = (kind: "reason" | "made" | "mood" | "why", code: string) =>
  Object.hasOwn(words, `${kind}_${code}`) ? words[`${kind}_${code}` as Key] : code.replaceAll("_", " ");

export const t = (key: Key, ...values: (string | number)[]) =>
  words[key].replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ""));
