// The inbox's tools for saved views: choose one, save what is shown, share it with all, remove one.

import { field, open, removeRow } from "./dialog";
import { button, h, select } from "./dom";
import { type Saved, SavedViews } from "./saved";
import { t } from "./texts";
import type { View } from "./views";

export interface ViewActs {
  /** What is shown now. */
  shown(): View;
  open(view: View): void;
  /** Do it; say so when it failed. True when it was done. */
  attempt(work: () => Promise<unknown>): Promise<boolean>;
  told(words: string): void;
}

const LONGEST_NAME = 60;

export class ViewTools {
  readonly node: HTMLElement;
  private readonly choice = select(t("saved_views"), [], "", (number) => this.choose(Number(number)));
  private readonly removing = button(t("remove_views"), () => this.list(), { class: "quiet" });
  private readonly saved = new SavedViews(() => this.draw());

  constructor(
    private readonly admin: boolean,
    private readonly act: ViewActs,
  ) {
    const save = button(t("save_view"), () => this.ask(false), { class: "quiet" });
    const share = button(t("share_view"), () => this.ask(true), { class: "quiet" });
    this.node = h("div", { class: "filtering" }, this.choice, h("div", { class: "row" }, save, admin && share, this.removing));
    this.draw();
  }

  /** Colleagues may have shared some. */
  look(): void {
    void this.saved.load();
  }

  private get removable(): Saved[] {
    return this.saved.all.filter(({ shared }) => this.admin || !shared);
  }

  private draw(): void {
    const options = this.saved.all.map((each, number) => h("option", { value: number }, words(each)));
    this.choice.replaceChildren(h("option", { value: "" }, t("saved_views")), ...options);
    this.removing.hidden = !this.removable.length;
  }

  private choose(number: number): void {
    const view = this.saved.view(number);
    if (view) this.act.open(view);
    this.choice.value = "";
  }

  /** Ask for a name, and keep what is shown under it. */
  private ask(shared: boolean): void {
    const view = this.act.shown();
    const input = h("input", { required: true, maxlength: LONGEST_NAME, autocomplete: "off", dir: "auto" });
    open(t(shared ? "share_view" : "save_view"), (done) => {
      const form = h("form", {}, field(t("view_name"), input), h("div", { class: "row" }, h("button", { class: "primary" }, t(shared ? "share_view" : "save"))));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const name = input.value.trim();
        if (!name) return input.focus();
        if (!(await this.act.attempt(() => (shared ? this.saved.share(name, view) : this.saved.save(name, view))))) return;
        done();
        this.act.told(t(shared ? "view_shared" : "view_saved", name));
      });
      return [form];
    });
  }

  private list(): void {
    open(t("remove_views"), () => [h("ul", { class: "near" }, ...this.removable.map((each) => this.row(each)))]);
  }

  private row(view: Saved): HTMLElement {
    const remove = async () => {
      if (await this.act.attempt(() => this.saved.drop(view))) removeRow(row);
    };
    const row: HTMLElement = h(
      "li",
      {},
      h("p", { dir: "auto" }, words(view)),
      h("div", { class: "row" }, button(t("remove"), remove, { class: "small", "aria-label": t("remove_it", words(view)) })),
    );
    return row;
  }
}

const words = ({ name, shared }: Saved) => (shared ? `${name} · ${t("shared")}` : name);
