// Joins the inbox, the conversation, the suggestion, the side panel and the stream; knows every command.

import { Refused, call, of } from "./api";
import { editCanned } from "./canned_editor";
import { Commands } from "./commands";
import { choose as ask, open } from "./dialog";
import { forgetAll, h, isSnoozed, newId, remember } from "./dom";
import { fileNode } from "./files";
import { Inbox } from "./inbox";
import { Knowing } from "./knowing";
import { type Kind, Live } from "./live";
import { LOCALES } from "./locale";
import { Notices } from "./notices";
import { Side } from "./side";
import { snooze } from "./snooze";
import { Suggestion, type Why } from "./suggestion";
import { locale, t, translate } from "./texts";
import { Thread } from "./thread";
import type { Canned, State, Turn } from "./types";

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const { name: me, role, sites } = await call<{ name: string; role?: string; sites: string[] }>("GET", "me");

document.documentElement.lang = locale;
translate(document);
document.body.classList.toggle("viewer", role === "viewer");

let ends = 0;
const toasts = { problem: at("problem"), told: at("told") };
function tell(kind: keyof typeof toasts, words: string): void {
  const node = toasts[kind];
  // A window makes all outside it inert: what is told then stands in it, or nobody would see or hear it.
  (document.querySelector("dialog[open]") ?? document.body).append(node);
  node.hidden = false;
  node.textContent = words;
  clearTimeout(ends);
  ends = window.setTimeout(() => (node.hidden = true), 8000);
}

/** Do it; tell the agent when it failed. True when it was done. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    tell("problem", (error as Error).message);
    return false;
  }
}

async function change(id: string, act: string, body?: unknown): Promise<void> {
  const state = await call<State>("POST", of(id, act), body);
  inbox.set([state]);
  if (thread.id === id) thread.setState(state);
}

const changing = (act: string, body?: unknown) => attempt(() => change(thread.id, act, body));

/** What failed keeps its turn id, so that sending it again cannot send it twice. */
const unsent = new Map<string, string>();
async function send(act: "say" | "note", text: string, files: string[] = []): Promise<boolean> {
  const { id } = thread;
  const key = [act, id, text, ...files].join("\n");
  if (!unsent.has(key)) unsent.set(key, newId());
  const done = await attempt(() => change(id, files.length ? "say/files" : act, { turn: unsent.get(key), text, ...(files.length && { files }) }));
  if (done) unsent.delete(key);
  return done;
}

async function say(text: string, files?: string[]): Promise<boolean> {
  const done = await send("say", text, files);
  if (done) suggestion.said(text);
  return done;
}

let canned: Canned[] = [];
const readCanned = async () => (canned = (await call<{ canned: Canned[] }>("GET", "canned")).canned);

const askSnooze = () => {
  if (!thread.state) return;
  if (isSnoozed(thread.state)) changing("snooze", { until: 0 });
  else snooze((until) => changing("snooze", { until }));
};
const askAssign = () => {
  if (!thread.state) return;
  const names = inbox.agents.map((name): [string, string] => [name === me ? t("to_me") : name, name]);
  ask(t("assign"), t("agent"), names, (agent) => changing("assign", { agent }));
};
const askTag = () => {
  if (!thread.state) return;
  const tags = inbox.tags.map((tag): [string, string] => [tag, tag]);
  ask(t("tag"), t("tag"), tags, (tag) => changing("tags", { add: [tag] }));
};

async function macro({ tags, resolve }: Canned): Promise<void> {
  if (tags.length) await changing("tags", { add: tags });
  if (resolve) await changing("resolve");
}

const quietly = (act: string) => call("POST", of(thread.id, act)).catch(() => {});
const knowing = new Knowing({ attempt, told: (words) => tell("told", words) });
const notices = new Notices(at<HTMLButtonElement>("notify"), choose);
const inbox = new Inbox(
  me,
  { list: at("conversations"), none: at("none"), tabs: document.querySelector<HTMLElement>(".filters")!, tools: at("tools") },
  role === "admin",
  { chosen: choose, needed: (state) => notices.tell(state), failed: (error) => tell("problem", error.message), attempt, told: (words) => tell("told", words) },
);
const thread = new Thread(me, document.querySelector("main")!, {
  say,
  note: (text) => send("note", text),
  after: macro,
  takeOver: () => changing("take_over"),
  handBack: () => changing("hand_back"),
  resolve: () => changing("resolve"),
  reopen: () => changing("reopen"),
  snooze: askSnooze,
  assign: askAssign,
  tag: askTag,
  untag: (tag) => changing("tags", { remove: [tag] }),
  typing: () => void quietly("typing"),
  composing: () => void quietly("composing"),
  canned: () => canned,
  language: () => thread.language,
  told: (words) => tell("told", words),
  file: (file) => fileNode(thread.id, file),
  wrong: (turn: Turn) => knowing.wrong(turn, thread.asked(turn)),
  save: (turn: Turn) => knowing.save(turn, thread.asked(turn)),
  back: () => document.body.classList.remove("chosen"),
});
const side = new Side(
  document.querySelector<HTMLElement>("aside.customer")!,
  { open: choose, insert: (text) => thread.composer.insert(text) },
  [location.origin, ...sites],
);
const suggestion = new Suggestion(document.querySelector<HTMLElement>("aside.suggestion")!, {
  insert: (text, instead) => thread.composer.insert(text, instead),
  say,
  log: (act, answer, text = "") => void call("POST", "suggestions", { conversation: thread.id, act, answer, text }).catch(() => {}),
  asked: () => void side.look(),
});

/** Suggest by itself where a person must answer; where the bot does, only on request. */
function suggestIfNeeded(): void {
  const { state, unanswered } = thread;
  if (!state) return;
  if (unanswered && (state.owner !== "bot" || state.status === "waiting")) void suggestion.ask();
  else {
    const why: Why = state.status === "open" ? (state.owner === "bot" ? "bot" : "answered") : state.status;
    suggestion.clear(thread.id, why);
    void side.look();
  }
}

const drawSide = () => thread.state && side.show(thread.state, thread.turns, inbox.states.values());

const HEARD: Record<Kind, (data: never) => void> = {
  conversation: (data: { state: State; turns: Turn[] }) => {
    thread.show(data);
    drawSide();
    // Who has asked before the conversation was here is answered.
    if (!suggestion.busy) suggestIfNeeded();
  },
  turn: (data: Turn) => {
    thread.add(data);
    drawSide();
    if (data.role !== "event") suggestIfNeeded();
  },
  state: (data: State) => {
    const wanted = data.owner !== thread.state?.owner || data.status !== thread.state?.status;
    thread.setState({ ...thread.state, ...data });
    drawSide();
    if (wanted) suggestIfNeeded();
  },
  sentence: (data: { turn: string; text: string }) => thread.sentence(data),
  withdrawn: (data: { turn: string }) => thread.withdraw(data.turn),
  typing: (data: { who: string }) => thread.typing(data.who),
  composing: (data: { who: string }) => thread.composer.collides(data.who),
};

const live = new Live({
  activity: (states, queue) => inbox.set(states, queue),
  event: (kind, data) => HEARD[kind](data),
  online: (is) => (at("offline").hidden = is),
  reopened: () =>
    void attempt(async () => {
      const { conversations, queue } = await call<{ conversations: State[]; queue: string[] }>("GET", "conversations");
      inbox.set(conversations, queue);
    }),
});

function choose(id: string | undefined): void {
  document.body.classList.toggle("chosen", Boolean(id || thread.id));
  if (!id || id === thread.id) return;
  at("choose").hidden = true;
  inbox.mark(id);
  thread.choose(id, inbox.states.get(id));
  suggestion.clear(id);
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  live.follow(id);
}

async function logOut(): Promise<void> {
  await call("POST", "logout");
  forgetAll();
  sessionStorage.clear();
  location.assign("/desk/login");
}

const commands = new Commands([
  { label: "next", keys: "Alt+J", run: () => choose(inbox.beside(1)) },
  { label: "previous", keys: "Alt+K", run: () => choose(inbox.beside(-1)) },
  { label: "conversations", keys: "Alt+C", run: () => inbox.focus() },
  { label: "next_tab", keys: "Alt+N", run: () => inbox.nextTab() },
  { label: "search", keys: "Alt+F", run: () => inbox.search.focus() },
  { label: "reply", keys: "Alt+L", run: () => thread.id && thread.composer.choose("reply") },
  { label: "note", keys: "Alt+P", run: () => thread.id && thread.composer.choose("note") },
  { label: "toggle_owner", keys: "Alt+T", run: () => thread.toggleOwner() },
  { label: "resolve_or_reopen", keys: "Alt+E", run: () => thread.toggleResolved() },
  {
    label: "resolve_and_next",
    keys: "Ctrl+Alt+E",
    run: async () => {
      const next = inbox.beside(1) === thread.id ? inbox.beside(-1) : inbox.beside(1);
      if (thread.state && (await changing("resolve"))) choose(next);
    },
  },
  { label: "snooze", keys: "Alt+M", run: askSnooze },
  { label: "assign", keys: "Alt+A", run: askAssign },
  { label: "tag", keys: "Alt+G", run: askTag },
  { label: "suggest", keys: "Alt+R", run: () => suggestion.ask() },
  { label: "insert_suggestion", keys: "Alt+I", run: () => suggestion.use() },
  { label: "edit_suggestion", keys: "Alt+O", run: () => suggestion.edit() },
  { label: "send_suggestion", keys: "Alt+S", run: () => suggestion.send() },
  { label: "dismiss_suggestion", keys: "Alt+D", run: () => suggestion.dismiss() },
  { label: "reword", keys: "Alt+B", run: () => thread.composer.reword() },
  { label: "translate_draft", keys: "Alt+X", run: () => thread.composer.translate() },
  { label: "translate_last", keys: "Alt+Y", run: () => thread.readings.translateLast() },
  { label: "reword_suggestion", keys: "Alt+H", run: () => suggestion.askHow() },
  { label: "summary_show", keys: "Alt+Q", run: () => thread.summary.toggle() },
  {
    label: "save_entry",
    keys: "Alt+U",
    run: () => {
      const turn = thread.last("agent") ?? thread.last("bot");
      if (turn) knowing.save(turn, thread.asked(turn));
    },
  },
  {
    label: "wrong",
    keys: "Alt+W",
    run: () => {
      const turn = thread.last("bot");
      if (turn) knowing.wrong(turn, thread.asked(turn));
    },
  },
  { label: "review", keys: "", run: () => knowing.review() },
  { label: "how_sure", keys: "", run: () => open(t("how_sure"), () => [h("img", { src: "/desk/api/calibration.svg", alt: t("how_sure_none"), class: "curve" })], "wide") },
  { label: "edit_canned", keys: "", run: () => editCanned(canned, attempt, readCanned) },
  {
    label: "other_language",
    keys: "",
    run: () => {
      remember("locale", LOCALES[(LOCALES.indexOf(locale) + 1) % LOCALES.length]);
      location.reload();
    },
  },
  { label: "log_out", keys: "", run: () => attempt(logOut) },
]);

at("me").textContent = me;
at("logout").addEventListener("click", () => void attempt(logOut));
at("commands-open").addEventListener("click", () => commands.bar());
at("help-open").addEventListener("click", () => commands.help());
readCanned().catch((error: Error) => error instanceof Refused || tell("problem", error.message));

/** The conversation that the address names, if it can be one. */
function named(): string | undefined {
  try {
    return /^\w+:[!-~]+$/.exec(decodeURIComponent(location.hash.slice(1)))?.[0];
  } catch {
    return undefined;
  }
}

const first = named();
if (first) choose(first);
else live.open();
