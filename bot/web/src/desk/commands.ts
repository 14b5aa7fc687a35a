// Everything that can be done, by its key and from the command bar; the help overlay lists the same.

import { h } from "./dom";
import { isOpen, open } from "./dialog";
import { type Key, t } from "./texts";

export interface Command {
  label: Key;
  /** As written for people: "Alt+J", "Ctrl+Alt+E", "?"; empty when only the command bar has it. */
  keys: string;
  run(): unknown;
}

const MAC = navigator.platform.startsWith("Mac");

/** The keys of an event as commands write them; Ctrl also stands for a Mac's Command. */
function keysOf(event: KeyboardEvent): string {
  const held = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : ""].filter(Boolean);
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (held.length && letter) return [...held, letter].join("+");
  return held.length ? "" : event.key;
}

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

export class Commands {
  constructor(private readonly all: Command[]) {
    all.push({ label: "command_bar", keys: "Ctrl+K", run: () => this.bar() }, { label: "help", keys: "?", run: () => this.help() });
    addEventListener("keydown", (event) => this.key(event));
  }

  private key(event: KeyboardEvent): void {
    const keys = keysOf(event);
    if (!keys || event.isComposing || (isOpen() && keys !== "Ctrl+K") || (keys.length === 1 && isWriting(event.target))) return;
    const command = this.all.find((each) => each.keys === keys);
    if (!command || (isOpen() && keys === "Ctrl+K")) return;
    event.preventDefault();
    command.run();
  }

  help(): void {
    const rows = this.all.filter(({ keys }) => keys).map(({ label, keys }) => h("tr", {}, h("td", {}, shown(keys)), h("td", {}, t(label))));
    const more: [string, Key][] = [["/", "canned_hint"], ["Ctrl+Enter", "send"], ["Esc", "close"]];
    rows.push(...more.map(([keys, label]) => h("tr", {}, h("td", {}, shown(keys)), h("td", {}, t(label)))));
    open(t("help"), () => [h("table", { class: "keys" }, h("tbody", {}, ...rows))], "help");
  }

  bar(): void {
    const input = h("input", { role: "combobox", "aria-expanded": "true", "aria-controls": "commands", "aria-autocomplete": "list", "aria-label": t("command_bar"), placeholder: t("command_placeholder"), autocomplete: "off" });
    const list = h("ul", { id: "commands", role: "listbox", class: "menu", "aria-label": t("command_bar") });
    let fits: Command[] = [];
    let at = 0;
    const dialog = open(t("command_bar"), () => [input, list], "bar");
    const run = (command: Command | undefined) => {
      if (!command) return;
      dialog.close();
      command.run();
    };
    const draw = () => {
      const words = input.value.toLowerCase().trim();
      fits = this.all.filter(({ label }) => label !== "command_bar" && t(label).toLowerCase().includes(words));
      at = Math.min(at, Math.max(0, fits.length - 1));
      list.replaceChildren(...fits.map((command, place) => h("li", { id: `command-${place}`, role: "option", "aria-selected": String(place === at), onclick: () => run(command) }, h("span", {}, t(command.label)), command.keys && shown(command.keys))));
      input.setAttribute("aria-activedescendant", fits.length ? `command-${at}` : "");
      list.children[at]?.scrollIntoView({ block: "nearest" });
    };
    input.addEventListener("input", () => {
      at = 0;
      draw();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") run(fits[at]);
      else if (event.key === "ArrowDown") at = (at + 1) % Math.max(1, fits.length);
      else if (event.key === "ArrowUp") at = (at + fits.length - 1) % Math.max(1, fits.length);
      else return;
      event.preventDefault();
      if (dialog.open) draw();
    });
    draw();
  }
}

function shown(keys: string): HTMLElement {
  const parts = keys === "?" || keys === "/" ? [keys] : keys.split("+");
  const names = parts.map((part) => (part === "Ctrl" && MAC ? "⌘" : part));
  return h("span", { class: "chord" }, ...names.map((name) => h("kbd", {}, name)));
}
