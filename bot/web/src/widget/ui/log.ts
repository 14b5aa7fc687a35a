/** All that was said, one below the other, and what may be said first or next. */
import { html, nothing, type TemplateResult } from "lit/html.js";
import { repeat } from "lit/directives/repeat.js";
import type { Shown } from "../thread.js";
import type { KefuChat } from "./element.js";
import { scoreView } from "./rating.js";
import { speakerKey, suggestionsView, turnView } from "./turn.js";

export function logView(view: KefuChat): TemplateResult {
  const { thread } = view.conversation;
  const greeting: Shown = { turn: { id: "", role: "bot", text: view.texts.greeting, at: view.began } };
  const items = [greeting, ...thread.items];
  const questions = view.getAttribute("suggest")?.split("|").map((question) => question.trim()) ?? [];
  const next = thread.started ? (thread.items.at(-1)?.turn.related ?? []) : questions;
  return html`${repeat(
    items,
    (item) => item.turn.id || (item === greeting ? "greeting" : item),
    (item, i) => turnView(item, sameSpeaker(item, items[i - 1]), view),
  )}${next.length ? suggestionsView(next, view) : nothing}
  ${thread.state.status === "resolved" && thread.started ? scoreView(view) : nothing}`;
}

const sameSpeaker = (item: Shown, before: Shown | undefined): boolean =>
  before !== undefined && speakerKey(item) !== "" && speakerKey(item) === speakerKey(before);
