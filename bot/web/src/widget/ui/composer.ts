/** Where the customer writes, and where they say first who they are. */
import { html, type TemplateResult } from "lit/html.js";
import { map } from "lit/directives/map.js";
import { LONGEST_TEXT } from "../model.js";
import type { KefuChat } from "./element.js";
import { icon } from "./icons.js";

export class Composer {
  /** Whether there is something to send. */
  written = false;

  constructor(private readonly view: KefuChat) {}

  look(): TemplateResult {
    return this.introduced ? this.writing() : this.introduction();
  }

  focus(): void {
    this.input?.focus();
  }

  write(text: string): void {
    if (!this.input) return;
    this.input.value = text;
    this.fit();
  }

  private get input(): HTMLTextAreaElement | null {
    return this.view.find("textarea");
  }

  private get asks(): ("name" | "email")[] {
    return (["name", "email"] as const).filter((field) => this.view.getAttribute("ask")?.includes(field));
  }

  private get introduced(): boolean {
    const { line, thread } = this.view.conversation;
    return !this.asks.length || thread.started || Boolean(line.visit.contact ?? (line.visit.token || line.visit.identity));
  }

  private writing(): TemplateResult {
    const { texts, conversation } = this.view;
    const { files } = conversation;
    return html`${files?.tray}<form class="composer" @submit=${(event: Event) => this.submit(event)}>
      <textarea
        rows="1"
        maxlength=${LONGEST_TEXT}
        placeholder="${texts.write}…"
        aria-label=${texts.write}
        dir="auto"
        enterkeyhint="send"
        @input=${() => this.fit()}
        @keydown=${(event: KeyboardEvent) => this.key(event)}
      ></textarea>
      ${files?.button}
      <button type="submit" class="send" title=${texts.send} aria-label=${texts.send} ?disabled=${!this.written && !files?.ready}>${icon("send", 20)}</button>
    </form>`;
  }

  private introduction(): TemplateResult {
    const { texts } = this.view;
    return html`<form class="contact" @submit=${(event: SubmitEvent) => this.introduce(event)}>
      ${map(
        this.asks,
        (field) =>
          html`<label>${texts[field]}<input name=${field} type=${field === "email" ? "email" : "text"} autocomplete=${field} maxlength="80" required dir="auto" /></label>`,
      )}
      <button type="submit">${texts.begin}</button>
    </form>`;
  }

  private key(event: KeyboardEvent): void {
    // isComposing: Enter then ends a Chinese word, not the message.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.submit(event);
  }

  private fit(): void {
    const { input } = this;
    if (!input) return;
    this.written = Boolean(input.value.trim());
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    this.view.requestUpdate();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.input?.value ?? "";
    this.write("");
    this.view.say(text);
    this.focus();
  }

  private introduce(event: SubmitEvent): void {
    event.preventDefault();
    const { view } = this;
    const given = new FormData(event.target as HTMLFormElement);
    view.conversation.line.visit.contact = Object.fromEntries(given) as { name?: string; email?: string };
    view.requestUpdate();
    void view.updateComplete.then(() => this.focus());
  }
}
