// Windows over the desk: the browser's own dialogs, which keep the focus inside and close on Escape.

import { type Child, button, h } from "./dom";
import { t } from "./texts";

let last = 0;

/** Give the focus back to who had it before a dialog; not when something else was chosen meanwhile. */
function giveBack(before: Element | null): void {
  const now = document.activeElement;
  if (!(before instanceof HTMLElement) || (now !== before && now !== document.body)) return;
  // Chromium gives a field its focus back without its caret: keys that are typed would go nowhere.
  before.blur();
  // What was drawn anew meanwhile is gone: then to where agents write.
  (before.isConnected ? before : document.querySelector<HTMLElement>("main textarea"))?.focus();
}

/** Open a dialog; `done` closes it. Its first field has the focus, and who had it before has it afterwards. */
export function open(title: string, content: (done: () => void) => Child[], kind = ""): HTMLDialogElement {
  const id = `dialog-${++last}`;
  const dialog = h("dialog", { "aria-labelledby": id, class: kind });
  const before = document.activeElement;
  const done = () => dialog.close();
  dialog.append(
    h("header", {}, h("h2", { id }, title), button("×", done, { class: "quiet", "aria-label": t("close") })),
    // What has nothing to focus is scrolled by its own focus.
    h("div", { class: "inside", ...(kind === "help" ? { tabindex: 0 } : {}) }, ...content(done)),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    giveBack(before);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && done());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector<HTMLElement>(".inside input, .inside textarea, .inside select, .inside button")?.focus();
  return dialog;
}

/** Take a row out of a list; who used it goes on with the next one, or with the one before: with the row itself where
 * it can have the focus, so that a key that is held does nothing to what nobody has read. */
export function removeRow(row: HTMLElement): void {
  const next = row.nextElementSibling ?? row.previousElementSibling ?? row.closest("dialog");
  const used = row.contains(document.activeElement);
  row.remove();
  if (used) (next?.matches("li[tabindex]") ? (next as HTMLElement) : next?.querySelector("button"))?.focus();
}

export const isOpen = () => document.querySelector("dialog[open]") !== null;

/** A labelled field. */
export const field = (label: string, input: HTMLElement) => h("label", { class: "field" }, h("span", {}, label), input);

/** A form with one line of text and ready choices. */
export function choose(title: string, label: string, choices: [words: string, value: string][], given: (value: string) => void): void {
  const list = h("datalist", { id: "choices" }, ...choices.map(([words, value]) => h("option", { value }, words)));
  const input = h("input", { list: "choices", required: true, maxlength: 40, autocomplete: "off" });
  open(title, (done) => {
    const form = h("form", {}, field(label, input), list, h("div", { class: "row" }, h("button", { class: "primary" }, t("ok"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      done();
      given(input.value.trim());
    });
    const quick = choices.slice(0, 8).map(([words, value]) =>
      button(words, () => {
        done();
        given(value);
      }),
    );
    return [form, h("div", { class: "row choices" }, ...quick)];
  });
}
