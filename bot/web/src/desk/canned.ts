// Canned answers: chosen by "/" and the begin of a name, with the fields filled in.

import { h } from "./dom";
import { t } from "./texts";
import type { Canned } from "./types";

const AT_ONCE = 8;
const BEGUN = /(^|\s)\/([\p{L}\p{N}_-]*)$/u;

export const filled = (text: string, fields: Record<string, string>) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => fields[name] ?? whole);

export class CannedMenu {
  readonly list = h("ul", { id: "canned", role: "listbox", class: "menu", "aria-label": t("canned"), hidden: true });
  private shown: Canned[] = [];
  private at = 0;

  constructor(
    private readonly input: HTMLTextAreaElement,
    private readonly all: () => Canned[],
    private readonly use: (canned: Canned) => void,
  ) {
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", "canned");
    // Who has come back meanwhile may have begun another one.
    input.addEventListener("blur", () => setTimeout(() => document.activeElement === input || this.close(), 150));
  }

  private begun(): RegExpExecArray | null {
    return BEGUN.exec(this.input.value.slice(0, this.input.selectionStart));
  }

  /** Show what fits to what was written. */
  look(): void {
    const wanted = this.begun()?.[2]?.toLowerCase();
    const fits = ({ name, text }: Canned) => name.toLowerCase().startsWith(wanted!) || text.toLowerCase().includes(wanted!);
    this.shown = wanted === undefined ? [] : this.all().filter(fits).slice(0, AT_ONCE);
    this.at = 0;
    this.draw();
  }

  close(): void {
    this.shown = [];
    this.draw();
  }

  /** True when the key was for the menu. */
  key(event: KeyboardEvent): boolean {
    if (!this.shown.length || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.shown[this.at]!);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.draw();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private choose(canned: Canned): void {
    const { input } = this;
    const begin = input.selectionStart - (this.begun()?.[2]?.length ?? 0) - 1;
    input.setRangeText("", begin, input.selectionStart, "end");
    this.close();
    this.use(canned);
  }

  private draw(): void {
    this.list.hidden = !this.shown.length;
    this.list.replaceChildren(
      ...this.shown.map((canned, place) =>
        h(
          "li",
          {
            id: `canned-${place}`,
            role: "option",
            "aria-selected": String(place === this.at),
            onpointerdown: (event: PointerEvent) => {
              event.preventDefault();
              this.choose(canned);
            },
          },
          h("b", {}, `/${canned.name}`),
          " ",
          h("span", { dir: "auto" }, canned.text),
        ),
      ),
    );
    if (this.shown.length) this.input.setAttribute("aria-activedescendant", `canned-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
