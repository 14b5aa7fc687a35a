/** <kefu-suggest src="https://YOUR-KEFU" token="kefu_…"> for other help desks: give it `turns`, it shows a suggestion.
 *  Events: `kefu-insert` ({text}), `kefu-error` ({reason}). */
const STYLE = `:host{display:block;font:14px/1.5 system-ui,sans-serif;color:var(--kefu-text,#1c1c1c)}
section{border:1px solid var(--kefu-border,#d5d5d5);border-radius:8px;padding:1em}p{margin:0 0 8px;white-space:pre-wrap}
ol{margin:8px 0;padding-inline-start:20px}mark{background:#fff0b3;color:inherit}
button{font:inherit;padding:4px 12px;border:1px solid;border-radius:6px;background:none;color:inherit;cursor:pointer}
small{color:var(--kefu-muted,#5a5a5a)}
@media(prefers-color-scheme:dark){:host{color:var(--kefu-text,#eee)}mark{background:#6b5900}small{color:#b5b5b5}}`;

const make = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);

class KefuSuggest extends HTMLElement {
  #turns = [];
  #asked = 0;
  #root = this.attachShadow({ mode: "open" });

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.append(make("section", "", { ariaLive: "polite" }));
    this.#root.firstChild.setAttribute("aria-label", "Suggested reply");
  }

  get turns() {
    return this.#turns;
  }

  /** [{role: "customer" | "agent" | "bot", text}], oldest first. */
  set turns(turns) {
    this.#turns = turns;
    this.refresh();
  }

  connectedCallback() {
    if (Object.hasOwn(this, "turns")) {
      const early = this.turns;
      delete this.turns;
      this.turns = early;
    }
  }

  async refresh() {
    const mine = ++this.#asked;
    if (this.#turns.at(-1)?.role !== "customer") return this.#show(make("small", "Nothing to answer."));
    this.#show(make("small", "Looking …"));
    try {
      const answer = await fetch(new URL("/api/v1/suggestions", this.getAttribute("src")), {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.getAttribute("token")}` },
        body: JSON.stringify({ turns: this.#turns.slice(-50), language: this.lang.slice(0, 2) }),
      });
      const told = await answer.json();
      if (mine !== this.#asked) return;
      answer.ok ? this.#suggest(told) : this.#fail(told.detail);
    } catch {
      if (mine === this.#asked) this.#fail("Kefu is not reached.");
    }
  }

  #show(...parts) {
    this.#root.firstChild.replaceChildren(...parts);
  }

  #fail(reason) {
    this.#show(make("p", reason, { role: "alert" }), this.#button("Try again", () => this.refresh()));
    this.#tell("kefu-error", { reason });
  }

  #suggest({ answer, evidence }) {
    const sure = `${(100 * answer.confidence).toFixed()} % sure`;
    const list = make("ol");
    for (const source of evidence) list.append(this.#source(source));
    this.#show(
      make("p", answer.text, { dir: "auto" }),
      this.#button("Insert", () => this.#tell("kefu-insert", { text: answer.text })),
      list,
      make("small", answer.outcome === "answered" ? sure : `No answer was found (${sure}).`),
    );
  }

  #source({ title, text, spans }) {
    const item = make("li", "", { dir: "auto" });
    const open = make("details");
    open.append(make("summary", title));
    // Places count characters; JavaScript counts halves of them.
    const part = (from, to) => [...text].slice(from, to).join("");
    let end = 0;
    for (const span of [...spans].sort((a, b) => a.start - b.start)) {
      if (span.start < end) continue;
      open.append(part(end, span.start), make("mark", part(span.start, span.end)));
      end = span.end;
    }
    open.append(part(end));
    item.append(open);
    return item;
  }

  #button(label, act) {
    const button = make("button", label, { type: "button" });
    button.addEventListener("click", act);
    return button;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("kefu-suggest", KefuSuggest);
