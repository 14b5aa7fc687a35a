// Which language the desk speaks: as chosen, else the browser's.

export const LOCALES = ["en", "zh"] as const;
export type Locale = (typeof LOCALES)[number];

export function remembered_locale(): Locale {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem("kefu-desk-locale");
  } catch {
    // Storage is blocked: the browser's language.
  }
  const wanted = (chosen ?? navigator.language).replaceAll('"', "").slice(0, 2);
  return LOCALES.find((each) => each === wanted) ?? "en";
}
