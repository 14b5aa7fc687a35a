// The chosen conversation: its turns, answers in the making, and who owns it.

import { Composer, type ComposerActs } from "./composer";
import { button, h, isSnoozed, nameOf } from "./dom";
import { Readings } from "./readings";
import { SummaryPanel } from "./summary";
import { named, t } from "./texts";
import { type TurnActs, turnNode } from "./turns";
import type { State, Turn } from "./types";

export interface ThreadActs extends ComposerActs, TurnActs {
  takeOver(): unknown;
  handBack(): unknown;
  resolve(): unknown;
  reopen(): unknown;
  snooze(): unknown;
  assign(): unknown;
  tag(): unknown;
  untag(tag: string): unknown;
  back(): unknown;
}

export class Thread {
  id = "";
  turns: Turn[] = [];
  state: State | null = null;
  readonly composer: Composer;
  private readonly title = h("h1");
  private readonly about = h("p", { class: "about" });
  private readonly tags = h("div", { class: "tags" });
  private readonly log = h("div", { class: "log", role: "log", "aria-label": t("messages"), tabindex: 0 });
  readonly summary = new SummaryPanel();
  readonly readings = new Readings(this.log);
  private readonly ownership: HTMLButtonElement;
  private readonly ending: HTMLButtonElement;
  private readonly others: HTMLButtonElement[];
  private readonly node: HTMLElement;
  private typingEnds = 0;

  constructor(
    private readonly me: string,
    place: HTMLElement,
    private readonly act: ThreadActs,
  ) {
    this.composer = new Composer(me, act);
    this.ownership = button("", () => this.toggleOwner(), { title: "Alt + T" });
    this.ending = button(t("resolve"), () => this.toggleResolved(), { class: "quiet", title: "Alt + E" });
    this.others = [
      button(t("snooze"), act.snooze, { class: "quiet", title: "Alt + M" }),
      button(t("assign"), act.assign, { class: "quiet", title: "Alt + A" }),
      button(t("tag"), act.tag, { class: "quiet", title: "Alt + G" }),
    ];
    const back = button("←", act.back, { class: "quiet back", "aria-label": t("back") });
    this.node = h(
      "div",
      { class: "inside" },
      h("header", {}, back, h("div", { class: "who" }, this.title, this.about, this.tags), h("div", { class: "doing" }, ...this.others, this.ending, this.ownership)),
      this.summary.node,
      this.log,
      this.composer.node,
    );
    this.node.hidden = true;
    place.append(this.node);
  }

  /** `state` is what the list knows of it; the conversation itself comes in a moment. */
  choose(id: string, state?: State): void {
    this.id = id;
    this.turns = [];
    this.log.replaceChildren();
    this.node.hidden = false;
    this.state = null;
    for (const node of [this.ownership, this.ending, ...this.others]) node.disabled = true;
    this.ending.textContent = t("resolve");
    this.title.textContent = this.about.textContent = "";
    this.tags.replaceChildren();
    this.composer.open(id);
    this.summary.choose(id);
    this.readings.choose(id);
    if (state) this.setState(state);
  }

  show({ state, turns }: { state: State; turns: Turn[] }): void {
    this.setState(state);
    this.turns = turns;
    this.log.replaceChildren(...turns.map((turn, place) => turnNode(turn, nameOf(state), turns.slice(0, place), this.act)));
    void this.summary.make(state);
    this.readings.look();
    this.toEnd();
  }

  setState(state: State): void {
    this.state = state;
    const { owner, status } = state;
    const mine = owner === this.me;
    const byBot = status === "waiting" ? t("about_waiting") : status === "resolved" ? t("about_resolved") : t("about_bot");
    const answers = owner === "bot" ? byBot : mine ? t("about_mine") : t("about_other", owner);
    const reason = status === "waiting" && state.reason ? ` · ${named("reason", state.reason)}` : "";
    this.title.textContent = nameOf(state);
    this.about.textContent = `${state.channel} · ${answers}${reason}${isSnoozed(state) ? ` · ${t("snoozed")}` : ""}`;
    this.tags.replaceChildren(...state.tags.map((tag) => h("span", { class: "tag own" }, tag, button("×", () => this.act.untag(tag), { "aria-label": t("untag", tag) }))));
    this.ownership.textContent = mine ? t("hand_back") : t("take_over");
    for (const node of [this.ownership, this.ending, ...this.others]) node.disabled = false;
    this.others[0]!.textContent = isSnoozed(state) ? t("wake") : t("snooze");
    this.ending.textContent = status === "resolved" ? t("reopen") : t("resolve");
    this.ownership.classList.toggle("primary", !mine && status === "waiting");
    this.composer.setState(state);
    if (owner !== "bot" || status !== "open") this.dropMaking();
  }

  /** An answer in the making that will not be finished. */
  private dropMaking(but = ""): void {
    for (const node of this.log.querySelectorAll<HTMLElement>(".making")) if (node.dataset.turn !== but) node.remove();
  }

  add(turn: Turn): void {
    const node = turnNode(turn, this.state ? nameOf(this.state) : "", this.turns, this.act);
    if (turn.role === "bot" || turn.role === "agent") this.dropMaking(turn.id);
    const old = this.find(turn.id);
    // What was said while an answer was made stands before it.
    if (old?.classList.contains("making")) old.remove();
    if (old?.isConnected) old.replaceWith(node);
    else this.log.append(node);
    this.turns = [...this.turns.filter(({ id }) => id !== turn.id), turn];
    this.typing("");
    this.summary.add(turn, this.state);
    if (turn.role === "customer") this.readings.look();
    this.toEnd();
  }

  sentence({ turn, text }: { turn: string; text: string }): void {
    if (this.turns.some(({ id }) => id === turn)) return;
    let node = this.find(turn);
    if (!node) {
      this.dropMaking();
      node = turnNode({ id: turn, role: "bot", text: "", at: Date.now() / 1000 }, "");
      node.classList.add("making");
      this.log.append(node);
    }
    const words = node.querySelector(".words")!;
    words.append(words.textContent && !/[。！？；]$/.test(words.textContent) ? ` ${text}` : text);
    this.toEnd();
  }

  withdraw(turn: string): void {
    const node = this.find(turn);
    if (node?.classList.contains("making")) node.remove();
  }

  typing(who: string): void {
    clearTimeout(this.typingEnds);
    this.log.querySelector(".typing")?.remove();
    if (!who || who === this.me) return;
    const name = who === "bot" ? t("the_bot") : who === "customer" ? t("the_customer") : who;
    this.log.append(h("p", { class: "event typing" }, t("is_writing", name)));
    this.typingEnds = window.setTimeout(() => this.typing(""), 6000);
    this.toEnd();
  }

  /** The language to write to the customer in. */
  get language(): string {
    return this.readings.language || this.state?.language || "";
  }

  /** The customer has the last word, so someone should answer. */
  get unanswered(): boolean {
    return this.turns.filter(({ role }) => role !== "event").at(-1)?.role === "customer";
  }

  /** What the customer wrote last before a turn, or at all. */
  asked(before?: Turn): string {
    const turns = before ? this.turns.slice(0, this.turns.findIndex(({ id }) => id === before.id)) : this.turns;
    return turns.filter(({ role, text }) => role === "customer" && !text.startsWith("/")).at(-1)?.text ?? "";
  }

  /** The last turn of an agent, or of the bot with an answer. */
  last(role: "agent" | "bot"): Turn | undefined {
    return this.turns.filter((turn) => turn.role === role && (role === "agent" || turn.answer)).at(-1);
  }

  toggleOwner(): void {
    if (!this.state) return;
    if (this.state.owner === this.me) this.act.handBack();
    else this.act.takeOver();
  }

  toggleResolved(): void {
    if (this.state?.status === "resolved") this.act.reopen();
    else if (this.state) this.act.resolve();
  }

  private find(turn: string): HTMLElement | null {
    return this.log.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turn)}"]`);
  }

  private toEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }
}
