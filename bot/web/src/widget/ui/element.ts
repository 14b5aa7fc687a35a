/** <kefu-chat>: the chat as an element, in the page's flow, or floating in a corner when it has `floating`. */
import { html, nothing, type TemplateResult } from "lit/html.js";
import { about } from "../about.js";
import { Conversation, type News } from "../conversation.js";
import { direction, ENGLISH, type Language, spoken, type Texts } from "../locales.js";
import { chime } from "../sound.js";
import { team } from "../team.js";
import type { Acting } from "./acting.js";
import { followKeyboard, keepFocus, smallScreen } from "./browser.js";
import { Composer } from "./composer.js";
import { bannerView, launcherView, personView, topView, typingView } from "./frame.js";
import { Log } from "./log.js";
import extrasStyle from "./extras.css";
import panelStyle from "./panel.css";
import themeStyle from "./theme.css";
import threadStyle from "./thread.css";
import { View } from "./view.js";
import type * as Acts from "../../entries/widget/acts.js";
import type * as Attachments from "../../entries/widget/files.js";

const NEAR_THE_END = 40; // pixels
const LEFT_MS = 1000;
const ACTS_AGAIN_MS = 10_000;

/** Grows with each part that did not come: a browser remembers addresses that failed. */
let tries = "";

/** A part that lies beside this one, and is fetched when it is wanted; null when it does not come. */
const fetched = (name: string): Promise<unknown> =>
  import(new URL(`${name}.js${tries}`, import.meta.url).href).catch(() => {
    tries += "?";
    return null;
  });

export class KefuChat extends View {
  static observedAttributes = ["heading", "suggest", "ask"];
  texts: Texts = ENGLISH;
  language: Language = "en";
  readonly conversation: Conversation;
  readonly composer = new Composer(this);
  private readonly log = new Log(this);
  /** What lets the customer act on what was said, where it has come. */
  acts: Acting | null = null;
  private fetchingActs = false;
  /** "turn:number" of sources that are open. */
  readonly expanded = new Set<string>();
  /** When the team is back; null while it is there. */
  opens: number | null = null;
  menu = false;
  confirming = false;
  /** What the page says of the customer by script. */
  told: unknown;
  private readonly listeners = new Map<string, ((...news: unknown[]) => void)[]>();
  /** When the greeting was said. */
  readonly began = Date.now() / 1000;
  private begun = false;
  private spoken: Promise<void> | null = null;
  private following = true;
  private left: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.clothe(themeStyle + panelStyle + extrasStyle + threadStyle);
    const home = new URL("..", import.meta.url);
    this.conversation = new Conversation(home, () => this.requestUpdate(), (kind, ...news) => this.tell(kind, ...news));
    this.conversation.line.visit.about = () => about(this);
  }

  get floating(): boolean {
    return this.hasAttribute("floating");
  }

  get shown(): boolean {
    return !this.floating || this.hasAttribute("open");
  }

  get heading(): string {
    return this.getAttribute("heading") || this.texts.title;
  }

  /* -- life -- */

  attributeChangedCallback(): void {
    this.requestUpdate();
  }

  connectedCallback(): void {
    clearTimeout(this.left);
    if (this.begun) this.conversation.line.resume();
    if (this.spoken) return;
    const title = this.getAttribute("title"); // the launcher's data-title; as it is, it would be shown on hovering
    if (title) this.setAttribute("heading", title);
    this.removeAttribute("title");
    this.style.colorScheme = ""; // the launcher's; from here the style sheet decides
    this.spoken = this.speak(this.lang || document.documentElement.lang || navigator.language || "en").then(() => {
      this.root.replaceChildren(); // what the launcher drew
      this.begun = true;
      this.conversation.begin();
      if (!this.floating) {
        this.conversation.watch(true);
        void this.lookAround();
      }
      else if (this.conversation.memory.kept.open) void this.open(false);
      this.tell("ready");
    });
    followKeyboard(this, () => this.toEnd());
  }

  disconnectedCallback(): void {
    // Pages that swap their body put the element back at once.
    this.left = setTimeout(() => this.conversation.line.stopListening(), LEFT_MS);
  }

  protected ready(): boolean {
    return this.begun;
  }

  async speak(wanted: string): Promise<void> {
    const language = spoken(wanted);
    let texts = ENGLISH;
    if (language !== "en") {
      texts = ((await fetched(language)) as { default: Texts } | null)?.default ?? ENGLISH;
    }
    this.texts = texts;
    this.language = texts === ENGLISH ? "en" : language;
    this.conversation.language = this.language;
    this.requestUpdate();
  }

  /* -- open and close -- */

  async open(focus = true): Promise<void> {
    await this.spoken;
    this.toggleAttribute("open", true);
    this.conversation.watch(true);
    this.tell("open");
    this.following = true;
    void this.lookAround();
    await this.updateComplete;
    if (focus) this.find("textarea, .contact input")?.focus();
  }

  private async lookAround(): Promise<void> {
    const { conversation } = this;
    const { opens, files } = await team(conversation.line.visit);
    this.opens = opens;
    if (files && this.getAttribute("files") !== "false" && !conversation.files)
      conversation.files = ((await fetched("files")) as typeof Attachments | null)?.start(this, files) ?? null;
    this.requestUpdate();
  }

  async close(): Promise<void> {
    if (!this.floating) return;
    this.toggleAttribute("open", false);
    this.menu = false;
    this.conversation.watch(false);
    this.tell("close");
    await this.updateComplete;
    this.find(".launcher")?.focus();
  }

  /* -- saying -- */

  say(text: string): void {
    this.following = true;
    this.conversation.say(text);
  }

  askForPerson(): void {
    this.following = true;
    this.conversation.askForPerson();
    this.composer.focus();
  }

  stop(): void {
    void this.conversation.stop();
    this.composer.focus();
  }

  /* -- the conversation as a whole -- */

  async askRestart(): Promise<void> {
    if (!this.conversation.thread.items.length) return this.composer.focus();
    this.confirming = true;
    this.requestUpdate();
    await this.updateComplete;
    this.find(".yes")?.focus();
  }

  restart(sure: boolean): void {
    this.confirming = false;
    if (sure) this.conversation.restart();
    this.requestUpdate();
    this.composer.focus();
  }

  toggleMenu(): void {
    this.menu = !this.menu;
    this.requestUpdate();
  }

  choose(act: () => void): void {
    this.menu = false;
    act();
    this.requestUpdate();
    this.find(".more")?.focus();
  }

  async expand(key: string): Promise<void> {
    if (!this.expanded.delete(key)) this.expanded.add(key);
    this.requestUpdate();
    await this.updateComplete;
    this.find(`[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /* -- what the page hears -- */

  listen(kind: string, listener: (...news: unknown[]) => void): void {
    this.listeners.set(kind, [...(this.listeners.get(kind) ?? []), listener]);
  }

  private tell(kind: News, ...news: unknown[]): void {
    if (kind === "unread" && news[0] && !this.conversation.memory.kept.quiet) chime();
    // Before a listener that breaks, nothing of the chat does.
    for (const listener of this.listeners.get(kind) ?? []) setTimeout(() => listener(...news));
    this.dispatchEvent(new CustomEvent(`kefu:${kind}`, { detail: news[0], bubbles: true, composed: true }));
  }

  /* -- the look -- */

  protected look(): TemplateResult {
    const { shown } = this;
    return html`<div class="root" dir=${direction(this.language)} lang=${this.language}>${shown ? nothing : launcherView(this)}
      <section
        class="panel"
        role=${this.floating ? "dialog" : "region"}
        aria-label=${this.heading}
        aria-modal=${this.floating && smallScreen() ? "true" : nothing}
        ?hidden=${!shown}
        @keydown=${(event: KeyboardEvent) => this.panelKey(event)}
      >
        ${topView(this)}${bannerView(this)}
        <div class="scroll" tabindex="0" role="region" aria-label=${this.texts.log} @scroll=${() => this.scrolled()}>
          <div class="log" role="log" aria-live="polite" aria-label=${this.texts.log}></div>
          ${typingView(this)}
        </div>
        ${personView(this)}${this.composer.look()}
      </section>
    </div>`;
  }

  protected drawn(): void {
    this.log.draw(this.find(".log")!);
    this.toEnd();
    void this.fetchActs();
  }

  /** Once there is a conversation; where they do not come, the chat goes on without, and a later look tries again. */
  private async fetchActs(): Promise<void> {
    if (this.acts || this.fetchingActs || !this.shown || !this.conversation.line.visit.token) return;
    this.fetchingActs = true;
    const part = (await fetched("acts")) as typeof Acts | null;
    if (!part) return void setTimeout(() => (this.fetchingActs = false), ACTS_AGAIN_MS);
    this.acts = part.start(this, html);
    this.requestUpdate();
  }

  private toEnd(): void {
    const scroll = this.find(".scroll");
    if (scroll && this.following) scroll.scrollTop = scroll.scrollHeight;
  }

  private scrolled(): void {
    const scroll = this.find(".scroll");
    if (scroll) this.following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_THE_END;
  }

  private panelKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) void (this.menu ? this.choose(() => undefined) : this.close());
    if (event.key === "Tab" && this.floating && smallScreen()) keepFocus(event, this.root);
  }
}
