// Where an agent writes: a reply or a private note, kept as a draft for each conversation until it is sent.

import { CannedMenu, filled } from "./canned";
import { button, h, nameOf, remember, remembered } from "./dom";
import { Attached } from "./files";
import { reword, translateDraft } from "./rewording";
import { t } from "./texts";
import type { Canned, State } from "./types";

const TYPING_EVERY_MS = 3_000;
const COMPOSES_FOR_MS = 6_000;

export type Mode = "reply" | "note";

export interface ComposerActs {
  say(text: string, files?: string[]): Promise<boolean>;
  note(text: string): Promise<boolean>;
  after(macro: Canned): Promise<unknown>;
  typing(): void;
  composing(): void;
  canned(): Canned[];
  /** What the customer writes, as far as it was read. */
  language(): string;
  told(words: string): void;
}

/** What was begun and not sent, for each conversation and mode. */
class Drafts {
  private readonly kept = new Map(remembered<[string, string][]>("drafts", []));

  get = (id: string, mode: Mode) => this.kept.get(`${mode} ${id}`) ?? "";

  set(id: string, mode: Mode, text: string): void {
    if (text) this.kept.set(`${mode} ${id}`, text);
    else this.kept.delete(`${mode} ${id}`);
    remember("drafts", [...this.kept]);
  }
}

export class Composer {
  readonly node: HTMLElement;
  readonly input: HTMLTextAreaElement;
  private id = "";
  private mode: Mode = "reply";
  private state: State | null = null;
  private macro: Canned | null = null;
  private toldTyping = 0;
  private warns = 0;
  private readonly drafts = new Drafts();
  private readonly hint = h("p", { class: "hint" });
  private readonly collision = h("p", { class: "collision", role: "status", hidden: true });
  private readonly words = h("p", { class: "follow translated", dir: "auto", hidden: true });
  private readonly helpers: HTMLElement;
  private readonly follow = h("p", { class: "follow", hidden: true });
  private readonly send = h("button", { class: "primary", title: "Ctrl + Enter" }, t("send"));
  private readonly modes: Record<Mode, HTMLButtonElement>;
  private readonly menu: CannedMenu;
  private readonly attached = new Attached(() => this.wrote(false));

  constructor(
    private readonly me: string,
    private readonly act: ComposerActs,
  ) {
    this.input = h("textarea", { rows: 3, maxlength: 4000, dir: "auto", oninput: () => this.wrote(), onkeydown: (event: KeyboardEvent) => this.key(event) });
    this.menu = new CannedMenu(this.input, () => this.act.canned(), (canned) => this.use(canned));
    this.modes = {
      reply: button(t("reply"), () => this.choose("reply"), { class: "quiet", title: "Alt + L" }),
      note: button(t("note"), () => this.choose("note"), { class: "quiet", title: "Alt + P" }),
    };
    this.helpers = h(
      "span",
      { class: "helpers" },
      button(t("reword"), () => this.reword(), { class: "quiet", title: "Alt + B" }),
      button(t("translate"), () => this.translate(), { class: "quiet", title: "Alt + X", "aria-label": t("translate_draft") }),
    );
    this.helpers.append(this.attached.button);
    this.input.addEventListener("paste", ({ clipboardData }) => this.attached.add(clipboardData?.files ?? []));
    this.node = h(
      "form",
      { class: "composer", onsubmit: (event: Event) => void this.submit(event) },
      this.collision,
      h("div", { class: "modes", role: "group", "aria-label": t("write") }, this.modes.reply, this.modes.note, this.helpers, h("span", { class: "hint keys" }, t("canned_hint"))),
      this.menu.list,
      this.input,
      this.attached.tray,
      this.words,
      this.follow,
      h("div", { class: "row" }, this.hint, this.send),
    );
    this.choose("reply", false);
  }

  /** Write in another conversation, where its draft goes on. */
  open(id: string): void {
    this.id = id;
    this.state = null;
    this.hint.textContent = "";
    this.collision.hidden = this.words.hidden = true;
    this.drop();
    this.choose("reply", false);
    this.attached.open(id);
  }

  choose(mode: Mode, focus = true): void {
    this.mode = mode;
    this.input.value = this.drafts.get(this.id, mode);
    this.input.setAttribute("aria-label", t(mode === "reply" ? "reply_label" : "note_label"));
    this.input.placeholder = t(mode === "reply" ? "reply_placeholder" : "note_placeholder");
    this.node.classList.toggle("noting", mode === "note");
    this.helpers.hidden = mode === "note";
    for (const [each, node] of Object.entries(this.modes)) node.setAttribute("aria-pressed", String(each === mode));
    this.send.textContent = t(mode === "reply" ? "send" : "add_note");
    this.menu.close();
    this.setHint();
    this.wrote(false);
    if (focus) this.input.focus();
  }

  setState(state: State): void {
    this.state = state;
    this.setHint();
  }

  private setHint(): void {
    const owner = this.state?.owner;
    if (this.mode === "note") this.hint.textContent = t("note_hint");
    else if (owner) this.hint.textContent = owner === this.me ? t("hint_mine") : owner === "bot" ? t("hint_bot") : t("hint_other", owner);
  }

  /** Another agent writes here too. */
  collides(who: string): void {
    if (who === this.me) return;
    clearTimeout(this.warns);
    this.collision.hidden = false;
    this.collision.textContent = t("collision", who);
    this.warns = window.setTimeout(() => (this.collision.hidden = true), COMPOSES_FOR_MS);
  }

  insert(text: string, instead = false): void {
    if (this.mode !== "reply") this.choose("reply");
    const before = instead ? "" : this.input.value.trimEnd();
    this.input.value = before ? `${before}\n${text}` : text;
    this.wrote(false);
    this.input.focus();
  }

  /** Put the draft differently. */
  reword(): void {
    this.withDraft((text, use) => reword(this.id, text, { use }));
  }

  /** Put the draft into the customer's language. */
  translate(): void {
    this.withDraft((text, use) => translateDraft(this.id, text, this.act.language(), { use }));
  }

  private withDraft(work: (text: string, use: (text: string, before?: string) => void) => void): void {
    if (!this.id) return;
    if (this.mode === "note") this.choose("reply");
    const { id } = this;
    const text = this.input.value.trim();
    if (!text) return this.act.told(t("nothing_written"));
    work(text.slice(0, 2000), (words, before) => {
      if (id !== this.id) return;
      this.insert(words, true);
      this.words.hidden = before === undefined;
      this.words.textContent = before === undefined ? "" : t("translated_from", before);
    });
  }

  private use(canned: Canned): void {
    const { input } = this;
    const fields = { name: this.state?.name || nameOf({ id: this.id, name: "" }), agent: this.me };
    input.setRangeText(filled(canned.text, fields), input.selectionStart, input.selectionEnd, "end");
    if (canned.tags.length || canned.resolve) {
      this.macro = canned;
      const then = [...canned.tags.map((tag) => `#${tag}`), ...(canned.resolve ? [t("resolve")] : [])].join(", ");
      this.follow.replaceChildren(t("macro_then", then), " ", button(t("not_so"), () => this.drop(), { class: "quiet small" }));
      this.follow.hidden = false;
    }
    this.wrote(false);
  }

  private drop(): void {
    this.macro = null;
    this.follow.hidden = true;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const { id, input, mode, macro } = this;
    const text = input.value.trim();
    const files = mode === "reply" ? this.attached.ready : [];
    if ((!text && !files.length) || this.send.disabled) return;
    this.send.disabled = true;
    const done = await (mode === "note" ? this.act.note(text) : this.act.say(text, files));
    if (done && this.drafts.get(id, mode).trim() === text) this.drafts.set(id, mode, "");
    if (done && macro && mode === "reply") await this.act.after(macro);
    if (this.id !== id || this.mode !== mode) return; // the agent went on, and writes elsewhere
    if (done && input.value.trim() === text) input.value = "";
    if (done) this.attached.sent(files);
    if (done) this.drop();
    if (done) this.words.hidden = true;
    this.wrote(false);
    input.focus();
  }

  private key(event: KeyboardEvent): void {
    if (this.menu.key(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.submit(event);
  }

  private wrote(typed = true): void {
    this.drafts.set(this.id, this.mode, this.input.value);
    this.send.disabled = !this.input.value.trim() && !(this.mode === "reply" && this.attached.ready.length);
    if (typed) this.menu.look();
    if (!typed || this.mode === "note" || Date.now() - this.toldTyping < TYPING_EVERY_MS) return;
    this.toldTyping = Date.now();
    this.act.composing();
    // Customers see only who answers them.
    if (this.state?.owner === this.me) this.act.typing();
  }
}
