// Where canned answers and macros are written.

import { call } from "./api";
import { button, h } from "./dom";
import { field, open, removeRow } from "./dialog";
import { t } from "./texts";
import type { Canned } from "./types";

export function editCanned(
  all: Canned[],
  attempt: (work: () => Promise<unknown>) => Promise<boolean>,
  changed: () => Promise<unknown>,
): void {
  const name = h("input", { required: true, maxlength: 40, pattern: "[\\p{L}\\p{N}_\\-]+" });
  const text = h("textarea", { rows: 4, required: true, maxlength: 4000, dir: "auto" });
  const tags = h("input", { placeholder: t("tags_placeholder") });
  const resolve = h("input", { type: "checkbox" });
  open(t("canned"), (done) => {
    const form = h(
      "form",
      {},
      field(t("canned_name"), name),
      field(t("canned_text"), text),
      field(t("canned_tags"), tags),
      h("label", { class: "check" }, resolve, " ", t("canned_resolve")),
      h("div", { class: "row" }, h("button", { class: "primary" }, t("save"))),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const listed = tags.value.split(",").map((tag) => tag.trim()).filter(Boolean);
      const kept = { name: name.value.trim(), text: text.value, tags: listed, resolve: resolve.checked };
      if (await attempt(() => call("POST", "canned", kept).then(changed))) done();
    });
    const fill = (canned: Canned) => {
      name.value = canned.name;
      text.value = canned.text;
      tags.value = canned.tags.join(", ");
      resolve.checked = canned.resolve;
      text.focus();
    };
    const drop = async (canned: Canned, row: HTMLElement) => {
      if (await attempt(() => call("DELETE", `canned/${encodeURIComponent(canned.name)}`).then(changed))) removeRow(row);
    };
    const rows = all.map((canned) => {
      const row: HTMLElement = h("li", {}, h("p", { dir: "auto" }, h("b", {}, `/${canned.name}`), " ", canned.text));
      row.append(h("div", { class: "row" }, button(t("edit"), () => fill(canned), { class: "small" }), button(t("remove"), () => drop(canned, row), { class: "small quiet" })));
      return row;
    });
    return [form, h("ul", { class: "near" }, ...rows)];
  }, "wide");
}
