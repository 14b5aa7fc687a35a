// Builds nodes and words; text only ever becomes text.

import { locale, t } from "./texts";
import type { State } from "./types";

type Value = string | number | boolean | ((event: never) => unknown);
export type Child = Node | string | null | undefined | false | 0;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

export const button = (label: Child, onclick: () => unknown, attributes: Record<string, Value> = {}) =>
  h("button", { type: "button", onclick: () => void onclick(), ...attributes }, label);

export function select(
  label: string,
  options: [value: string, words: string][],
  chosen: string,
  onchange: (value: string) => void,
): HTMLSelectElement {
  const node: HTMLSelectElement = h("select", { "aria-label": label, onchange: () => onchange(node.value) });
  node.append(...options.map(([value, words]) => h("option", { value, selected: value === chosen }, words)));
  return node;
}

export function webLink(url: string, text: string): Node {
  try {
    const { href, protocol } = new URL(url);
    if (protocol === "https:" || protocol === "http:")
      return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  } catch {
    // No address: the text alone.
  }
  return document.createTextNode(text);
}

export const clock = (at: number) =>
  new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at * 1000);

export const day = (at: number) =>
  new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(
    at * 1000,
  );

export function ago(at: number): string {
  const minutes = Math.floor((Date.now() / 1000 - at) / 60);
  if (minutes < 1) return t("now");
  if (minutes < 60) return t("minutes", minutes);
  if (minutes < 24 * 60) return t("hours", Math.floor(minutes / 60));
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).format(at * 1000);
}

/** How long something has lasted. */
export function lasted(since: number): string {
  const minutes = Math.floor((Date.now() / 1000 - since) / 60);
  if (minutes < 1) return t("lasted_less");
  if (minutes < 60) return t("minutes", minutes);
  return minutes < 48 * 60 ? t("hours", Math.floor(minutes / 60)) : t("lasted_days", Math.floor(minutes / 1440));
}

export const percent = (share: number) => `${Math.round(share * 100)} %`;

export const nameOf = (state: Pick<State, "id" | "name">) =>
  state.name || t("visitor", (state.id.split(":").pop() ?? "").slice(0, 4));

/** A customer's button is stored as a command; people read what it means. */
export const said = (text: string) => (text === "/human" ? t("asked_for_person") : text);

export const isSnoozed = (state: State) => state.snoozed * 1000 > Date.now();

export function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the browser remembers under a name; `otherwise` when it does not, or storage is blocked. */
export function remembered<T>(name: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(`kefu-desk-${name}`) ?? "null") as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`kefu-desk-${name}`, JSON.stringify(value));
  } catch {
    // Storage is blocked: the page alone remembers.
  }
}

export function forgetAll(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("kefu-desk-")) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
