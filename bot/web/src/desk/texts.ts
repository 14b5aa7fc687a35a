// The desk's words, in English and Chinese. {0}, {1} … are filled in.

import { remembered_locale } from "./locale";
import { EN } from "./texts_en";
import { ZH } from "./texts_zh";

export type Key = keyof typeof EN;

export const locale = remembered_locale();
const words: Record<Key, string> = locale === "zh" ? ZH : EN;

export const t = (key: Key, ...values: (string | number)[]) =>
  words[key].replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ""));
