// Beside the conversation: who the customer is, what they named, earlier matters, and like cases of the past.

import { call, of } from "./api";
import { type Child, button, day, h, nameOf, percent, webLink } from "./dom";
import { t } from "./texts";
import type { About, Case, State, Turn } from "./types";

const NUMBER = "([A-Z]{0,4}-?\\d[\\d-]{2,14}\\d)";
const NAMING = "order|bestell\\p{L}*|auftrag\\p{L}*|parcel|paket|package|shipment|ticket|invoice|rechnung|pedido|commande|订单|单号|包裹|发票";
/** A number after a word that names one, or after #; and long ones anyway. */
const ORDER = new RegExp(`(?:(?:${NAMING})[^\\d\\n]{0,16}?|#\\s?)${NUMBER}(?!\\d)|(?<![\\d+.,-])${NUMBER.replace("{2,14}", "{4,14}")}(?![\\d.,]\\d)`, "giu");
const MAIL = /[\w.+-]+@[\w-]+\.[\w.]+\w/g;

/** Order numbers and addresses that the customer wrote, each once, the last first. */
export function named(turns: Turn[]): string[] {
  const texts = turns.filter(({ role }) => role === "customer").map(({ text }) => text);
  const found = texts.flatMap((text) => [...[...text.matchAll(ORDER)].map((hit) => hit[1] ?? hit[2]!), ...(text.match(MAIL) ?? [])]);
  return [...new Set(found.reverse())].slice(0, 12);
}

const rowsOf = (rows: [string, Child][]) => rows.flatMap(([label, value]) => [h("dt", { dir: "auto" }, label), h("dd", { dir: "auto" }, value)]);

function browserOf({ browser, system }: About): string {
  return browser && system ? t("browser_on", browser, system) : browser || system;
}

export class Side {
  private readonly details = h("dl");
  private readonly signed = h("dl", { class: "signed" });
  private readonly claimed = h("dl", { class: "claimed" });
  private readonly finds = h("ul", { class: "finds" });
  private readonly earlier = h("ul", { class: "earlier" });
  private readonly cases = h("ul", { class: "cases" });
  private id = "";

  constructor(
    private readonly place: HTMLElement,
    private readonly act: { open(id: string): void; insert(text: string): void },
    /** Origins to whose pages the desk links: anyone may claim to be on any other. */
    private readonly sites: string[],
  ) {
    place.append(
      h("header", {}, h("h2", {}, t("customer"))),
      h(
        "div",
        { class: "inside" },
        this.details,
        h("section", { hidden: true }, h("h3", {}, t("signed")), this.signed),
        h("section", { hidden: true }, h("h3", {}, t("claimed")), this.claimed),
        h("h3", {}, t("named")),
        this.finds,
        h("h3", {}, t("earlier")),
        this.earlier,
        h("h3", {}, t("similar_cases")),
        this.cases,
      ),
    );
    place.hidden = true;
  }

  show(state: State, turns: Turn[], others: Iterable<State>): void {
    this.place.hidden = false;
    if (state.id !== this.id) this.cases.replaceChildren(h("li", { class: "hint" }, "…"));
    this.id = state.id;
    const { about } = state;
    const rows: [string, Child][] = [
      [t("name"), nameOf(state)],
      [t("channel"), state.channel],
      [t("language"), state.language || "–"],
      [t("since_when"), day(state.created)],
      [t("matter"), String(state.episode)],
      [t("page"), about.page && this.linked(about.page)],
      [t("page_title"), about.title],
      [t("browser"), browserOf(about)],
    ];
    this.details.replaceChildren(...rowsOf(rows.filter(([, value]) => value)));
    for (const kind of ["signed", "claimed"] as const) {
      this[kind].replaceChildren(...rowsOf(Object.entries(about[kind])));
      this[kind].parentElement!.hidden = !Object.keys(about[kind]).length;
    }
    const finds = named(turns);
    this.finds.replaceChildren(
      ...finds.map((text) => h("li", {}, h("code", {}, text), button(t("copy"), () => navigator.clipboard?.writeText(text), { class: "quiet small", "aria-label": t("copy_it", text) }))),
      ...(finds.length ? [] : [h("li", { class: "hint" }, t("none"))]),
    );
    const mates = state.name ? [...others].filter((other) => other.id !== state.id && other.name === state.name) : [];
    const past = turns.filter(({ role, text }) => role === "event" && text === "resolved");
    this.earlier.replaceChildren(
      ...past.map(({ at, name }) => h("li", {}, t("resolved_on", day(at), name || t("bot")))),
      ...mates.slice(0, 8).map((other) => h("li", {}, button(`${other.channel} · ${other.preview.slice(0, 60)}`, () => this.act.open(other.id), { class: "quiet small" }))),
      ...(past.length + mates.length ? [] : [h("li", { class: "hint" }, t("none"))]),
    );
  }

  private linked(page: string): Node {
    // Not by `new URL`, which throws for what no browser takes. Where something was left out, the address leads elsewhere.
    const known = this.sites.some((site) => page.startsWith(`${site}/`));
    return known && !/[…?]/.test(page) ? webLink(page, page) : document.createTextNode(page);
  }

  /** Look for cases like the customer's question. */
  async look(): Promise<void> {
    const { id } = this;
    if (!id) return;
    const { cases } = await call<{ cases: Case[] }>("GET", of(id, "cases")).catch(() => ({ cases: [] as Case[] }));
    if (id !== this.id) return;
    this.cases.replaceChildren(
      ...cases.map((found) =>
        h(
          "li",
          {},
          h("p", { class: "asked", dir: "auto" }, found.question),
          h("p", { class: "replied", dir: "auto" }, found.reply),
          h(
            "p",
            { class: "row" },
            h("span", { class: "hint" }, [found.by === "bot" ? t("bot") : found.by || t("an_agent"), found.at && day(found.at), percent(found.score)].filter(Boolean).join(" · ")),
            button(t("insert"), () => this.act.insert(found.reply), { class: "quiet small" }),
            found.conversation && button(t("open"), () => this.act.open(found.conversation), { class: "quiet small" }),
          ),
        ),
      ),
      ...(cases.length ? [] : [h("li", { class: "hint" }, t("no_cases"))]),
    );
  }
}
