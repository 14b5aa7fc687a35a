// How customers feel, as it was read in their words: an icon with its word, never a colour alone.

import { call } from "./api";
import { h } from "./dom";
import { t } from "./texts";
import type { Mood } from "./types";

const ICONS: Record<Mood, string> = { upset: "⚠", unhappy: "☹", calm: "", glad: "☺" };
/** From the worst. */
export const MOODS: Mood[] = ["upset", "unhappy", "calm", "glad"];
const SOON_MS = 400;

/** The mood as agents see it; nothing for a calm customer. */
export const moodBadge = (mood: Mood | undefined | "") =>
  mood && mood !== "calm" ? h("span", { class: `tag mood ${mood}`, title: t("mood") }, `${ICONS[mood]} ${t(`mood_${mood}`)}`) : null;

export class Moods {
  private known: Record<string, Mood> = {};
  private timer = 0;

  constructor(private readonly told: () => void) {}

  of = (id: string): Mood | "" => this.known[id] ?? "";

  /** Read them again soon: something has changed. */
  look(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), SOON_MS);
  }

  private async read(): Promise<void> {
    const found = await call<{ moods: Record<string, Mood> }>("GET", "moods").catch(() => undefined);
    if (!found) return;
    this.known = found.moods;
    this.told();
  }
}
