// Makes knowledge of what is said here: an entry from a reply, a correction of a wrong answer, and their review.

import { Refused, call } from "./api";
import { button, h, select } from "./dom";
import { field, open, removeRow } from "./dialog";
import { named, t } from "./texts";
import type { Correction, Entry, Turn } from "./types";

const LOOK_AFTER_MS = 300;

export interface KnowingActs {
  attempt(work: () => Promise<unknown>): Promise<boolean>;
  told(words: string): void;
}

const area = (value: string) => h("textarea", { rows: 4, maxlength: 4000, required: true, dir: "auto" }, value);

export class Knowing {
  constructor(private readonly act: KnowingActs) {}

  /** An entry from any reply; what is nearest to it already stands before it. */
  save(turn: Turn, question: string): void {
    const asked = h("input", { value: question.slice(0, 300), required: true, maxlength: 1000, dir: "auto" });
    const answer = area(turn.text);
    const near = h("ul", { class: "near" });
    let timer = 0;
    open(t("save_entry"), (done) => {
      const look = async () => {
        const found = await this.nearest(asked.value);
        near.replaceChildren(
          ...found.map((entry) =>
            h(
              "li",
              {},
              h("p", { class: "title" }, h("span", {}, entry.question || entry.title), h("span", { class: "score" }, entry.score.toFixed(2))),
              h("p", { class: "entry", dir: "auto" }, entry.answer),
              button(t("update_this"), () => this.propose({ act: "replace", entry: entry.id, answer: answer.value }, true, done), { class: "small" }),
            ),
          ),
          ...(found.length ? [] : [h("li", { class: "hint" }, t("none"))]),
        );
      };
      asked.addEventListener("input", () => {
        clearTimeout(timer);
        timer = window.setTimeout(() => void look(), LOOK_AFTER_MS);
      });
      void look();
      const wanted = () => ({ act: "add", question: asked.value.trim(), answer: answer.value.trim() });
      return [
        h("h3", {}, t("nearest_entries")),
        near,
        this.form([field(t("question"), asked), field(t("answer"), answer)], wanted, done),
      ];
    }, "wide");
  }

  /** Say what is wrong with an answer of the bot, and how it shall be. */
  wrong(turn: Turn, question: string): void {
    const sources = turn.answer?.sources ?? [];
    const why = select(t("why_wrong"), ["retrieval", "wording", "stale", "other"].map((each) => [each, t(`why_${each}` as "why_stale")]), "retrieval", () => {});
    const pinned = area(turn.text);
    open(t("wrong_title"), (done) => {
      const reason = () => `${why.value}: ${turn.id}`;
      const parts = sources.map((source) => {
        const words = area("");
        void this.nearest(source.title).then((found) => (words.value = found.find(({ id }) => id === source.id)?.answer ?? words.value));
        return h(
          "details",
          {},
          h("summary", {}, t("fix_entry", source.title)),
          this.form([field(t("answer"), words)], () => ({ act: "replace", entry: source.id, answer: words.value, why: reason() }), done),
          button(t("exclude_entry"), () => this.propose({ act: "exclude", entry: source.id, why: reason() }, true, done), { class: "small" }),
        );
      });
      const pin = () => ({ act: "add", question, answer: pinned.value, why: reason() });
      return [
        field(t("why_wrong"), why),
        h("blockquote", { dir: "auto" }, turn.text),
        ...parts,
        h("details", { open: !sources.length }, h("summary", {}, t("pin_answer", question.slice(0, 80))), this.form([field(t("answer"), pinned)], pin, done)),
      ];
    }, "wide");
  }

  /** What colleagues have proposed. */
  async review(): Promise<void> {
    let all: Correction[] = [];
    if (!(await this.act.attempt(async () => (all = (await call<{ corrections: Correction[] }>("GET", "corrections")).corrections)))) return;
    const pending = all.filter(({ status }) => status === "pending");
    open(t("review"), () => [
      h(
        "ul",
        { class: "near" },
        ...pending.map((each) => {
          const row = h(
            "li",
            { tabindex: -1 },
            h("p", { class: "title" }, h("span", {}, `${t(`act_${each.act}`)} · ${each.by}`), h("span", { class: "score" }, named("why", each.why.split(":")[0] ?? ""))),
            h("p", { dir: "auto" }, each.question || each.entry),
            each.answer && h("p", { class: "entry", dir: "auto" }, each.answer),
          );
          const judge = (status: string) =>
            this.act.attempt(async () => {
              await call("POST", `corrections/${each.id}`, { status });
              removeRow(row);
            });
          row.append(h("div", { class: "row" }, button(t("approve"), () => judge("approved"), { class: "primary" }), button(t("reject"), () => judge("rejected"))));
          return row;
        }),
        ...(pending.length ? [] : [h("li", { class: "hint" }, t("none"))]),
      ),
    ], "wide");
  }

  private async nearest(text: string): Promise<Entry[]> {
    const found = call<{ entries: Entry[] }>("GET", `entries?${new URLSearchParams({ q: text.slice(0, 1000) })}`);
    return (await found.catch(() => ({ entries: [] as Entry[] }))).entries.slice(0, 3);
  }

  private form(fields: HTMLElement[], wanted: () => object, done: () => void): HTMLElement {
    const form = h(
      "form",
      {},
      ...fields,
      h("div", { class: "row" }, h("button", { class: "primary", value: "now" }, t("publish")), h("button", { value: "later" }, t("propose"))),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const now = ((event as SubmitEvent).submitter as HTMLButtonElement | null)?.value !== "later";
      void this.propose(wanted(), now, done);
    });
    return form;
  }

  private async propose(wanted: object, now: boolean, done: () => void): Promise<void> {
    let words = t(now ? "published" : "proposed");
    const kept = await this.act.attempt(async () => {
      const { id } = await call<Correction>("POST", "corrections", wanted);
      // What cannot be published, such as what a colleague must approve, is proposed all the same: not to be sent again.
      const refused = (error: Error) => {
        // The server refuses by 4xx; else it may have published what it could not tell of.
        const told = error instanceof Refused && error.status >= 400 && error.status < 500;
        words = t(told ? "proposed_only" : "proposed_perhaps", error.message);
      };
      if (now) await call("POST", `corrections/${id}`, { status: "approved" }).catch(refused);
    });
    if (!kept) return;
    done();
    this.act.told(words);
  }
}
