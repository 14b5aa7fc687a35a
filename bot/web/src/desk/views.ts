// What the inbox shows: whose, in which state, of what kind, in which order.

import { isSnoozed } from "./dom";
import { MOODS } from "./moods";
import type { State } from "./types";

export type Tab = "mine" | "unassigned" | "all";
export type Shown = "active" | "open" | "waiting" | "snoozed" | "resolved" | "any";
export type Sort = "waiting" | "newest" | "mood";
export const TABS: Tab[] = ["mine", "unassigned", "all"];
export const SHOWN: Shown[] = ["active", "open", "waiting", "snoozed", "resolved", "any"];
export const KINDS = ["channel", "language", "tag", "reason", "mood"] as const;
export type Kind = (typeof KINDS)[number];

export interface View {
  tab: Tab;
  shown: Shown;
  sort: Sort;
  kinds: Record<Kind, string>;
  search: string;
}

export const plainView = (): View => ({
  tab: "all",
  shown: "active",
  sort: "waiting",
  kinds: { channel: "", language: "", tag: "", reason: "", mood: "" },
  search: "",
});

export const valuesOf = (kind: Kind, state: State): string[] =>
  kind === "tag" ? state.tags : [state[kind] ?? ""].filter(Boolean);

/** An agent must do something here. */
export const needsAgent = (state: State, me: string) =>
  !isSnoozed(state) && (state.status === "waiting" || (state.owner === me && state.since > 0));

export function isOf(tab: Tab, state: State, me: string): boolean {
  if (tab === "mine") return state.owner === me;
  return tab === "all" || (state.owner === "bot" && state.status === "waiting");
}

export function isShown(shown: Shown, state: State): boolean {
  const snoozed = isSnoozed(state);
  switch (shown) {
    case "any":
      return true;
    case "active":
      return state.status !== "resolved" && !snoozed;
    case "snoozed":
      return snoozed;
    default:
      return state.status === shown && !snoozed;
  }
}

export const admits = (view: View, state: State, me: string) =>
  isOf(view.tab, state, me) &&
  isShown(view.shown, state) &&
  KINDS.every((kind) => !view.kinds[kind] || valuesOf(kind, state).includes(view.kinds[kind]));

/** The place of a mood, the worst first. */
const worse = ({ mood }: State) => MOODS.indexOf(mood || "calm");

/** Who waits for an agent by their place in the queue, then who waits for a word, then by the last change. */
export function compare(sort: Sort, place: (state: State) => number, me: string) {
  const newest = (a: State, b: State) => b.updated - a.updated;
  if (sort === "newest") return newest;
  if (sort === "mood") return (a: State, b: State) => worse(a) - worse(b) || newest(a, b);
  const behind = (state: State) => (isSnoozed(state) ? Infinity : place(state) || Infinity);
  const waits = (state: State) => (state.owner === me && !isSnoozed(state) && state.since) || Infinity;
  return (a: State, b: State) => {
    if (behind(a) !== behind(b)) return behind(a) - behind(b);
    return waits(a) === waits(b) ? newest(a, b) : waits(a) - waits(b);
  };
}
