/** An element whose look is a lit template; it is drawn anew at most once a turn of the loop. */
import { render, type TemplateResult } from "lit/html.js";

export abstract class View extends HTMLElement {
  private drawing: Promise<void> | null = null;

  protected abstract look(): TemplateResult;
  protected abstract ready(): boolean;
  protected abstract drawn(): void;

  /** The shadow root; what the launcher drew in it goes. */
  protected clothe(style: string): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // allowed by any policy for styles
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  }

  get root(): ShadowRoot {
    return this.shadowRoot!;
  }

  find<Found extends Element = HTMLElement>(selector: string): Found | null {
    return this.root.querySelector<Found>(selector);
  }

  /** Resolves when all that is asked for is drawn. */
  get updateComplete(): Promise<void> {
    return this.drawing ?? Promise.resolve();
  }

  requestUpdate(): void {
    this.drawing ??= Promise.resolve().then(() => {
      this.drawing = null;
      if (!this.ready()) return;
      render(this.look(), this.root, { host: this });
      this.drawn();
    });
  }
}
