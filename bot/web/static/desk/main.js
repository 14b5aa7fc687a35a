// Joins the list, the conversation, the suggestion and the stream; knows the keys.

import { call, of } from "./api.js";
import { newId } from "./dom.js";
import { Notices } from "./notices.js";
import { List } from "./list.js";
import { Live } from "./live.js";
import { Suggestion } from "./suggestion.js";
import { Thread } from "./thread.js";

const at = (id) => document.getElementById(id);
const { name: me } = await call("GET", "me");

function complain(error) {
  const problem = at("problem");
  problem.textContent = error.message;
  problem.hidden = false;
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => (problem.hidden = true), 8000);
}

/* Do it; tell the agent when it failed. True when it was done. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

async function change(id, act, body) {
  const state = await call("POST", of(id, act), body);
  list.set([state]);
  if (thread.id === id) thread.setState(state);
}

/* A reply that failed keeps its turn id, so that sending it again cannot send it twice. */
const unsent = new Map();
async function say(text) {
  const { id } = thread;
  const key = `${id}\n${text}`;
  if (!unsent.has(key)) unsent.set(key, newId());
  const done = await attempt(() => change(id, "say", { turn: unsent.get(key), text }));
  if (done) unsent.delete(key);
  return done;
}

const notices = new Notices({ button: at("notify"), open: choose });
const list = new List({
  me,
  waits: (state) => notices.tell(state),
  list: at("conversations"),
  none: at("none"),
  filters: document.querySelector(".filters"),
  chosen: choose,
});
const thread = new Thread({
  me,
  place: document.querySelector("main"),
  act: {
    say,
    takeOver: () => attempt(() => change(thread.id, "take_over")),
    handBack: () => attempt(() => change(thread.id, "hand_back")),
    resolve: () => attempt(() => change(thread.id, "resolve")),
    reopen: () => attempt(() => change(thread.id, "reopen")),
    typing: () => call("POST", of(thread.id, "typing")).catch(() => {}),
  },
});
const suggestion = new Suggestion({
  place: document.querySelector("aside"),
  insert: (text) => thread.insert(text),
  say,
});

const WHY_NOT = { waiting: "waits", resolved: "resolved" };

/* Suggest by itself where a person must answer; where the bot does, only on request. */
function suggestIfNeeded() {
  const { state, unanswered } = thread;
  if (unanswered && (state.owner !== "bot" || state.status === "waiting")) suggestion.ask();
  else suggestion.clear(thread.id, WHY_NOT[state.status] ?? (state.owner === "bot" ? "bot" : "answered"));
}

const HEARD = {
  conversation: (data) => {
    thread.show(data);
    suggestIfNeeded();
  },
  turn: (data) => {
    thread.add(data);
    if (data.role !== "event") suggestIfNeeded();
  },
  state: (data) => {
    const wanted = data.owner !== thread.state?.owner || data.status !== thread.state?.status;
    thread.setState({ ...thread.state, ...data });
    if (wanted) suggestIfNeeded();
  },
  sentence: (data) => thread.sentence(data),
  withdrawn: (data) => thread.withdraw(data.turn),
  typing: (data) => thread.typing(data.who),
};

const live = new Live({
  activity: (states, queue) => list.set(states, queue),
  event: (kind, data) => HEARD[kind](data),
  online: (is) => (at("offline").hidden = is),
  reopened: () =>
    attempt(async () => {
      const { conversations, queue } = await call("GET", "conversations");
      list.set(conversations, queue);
    }),
});

function choose(id) {
  if (!id || id === thread.id) return;
  at("choose").hidden = true;
  document.body.classList.add("chosen");
  list.mark(id);
  thread.choose(id, list.states.get(id));
  suggestion.clear(id);
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  live.follow(id);
}

const KEYS = {
  KeyJ: () => choose(list.beside(1)),
  KeyK: () => choose(list.beside(-1)),
  KeyL: () => thread.input.focus(),
  KeyT: () => thread.toggleOwner(),
  KeyI: () => suggestion.use(),
  KeyR: () => suggestion.ask(),
};
addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !KEYS[event.code]) return;
  event.preventDefault();
  KEYS[event.code]();
});

at("me").textContent = me;
at("logout").addEventListener("click", () =>
  attempt(async () => {
    await call("POST", "logout");
    sessionStorage.clear();
    location.assign("/desk/login");
  }),
);

/* The conversation that the address names, if it can be one. */
function named() {
  try {
    return /^\w+:[!-~]+$/.exec(decodeURIComponent(location.hash.slice(1)))?.[0];
  } catch {
    return undefined;
  }
}

if (named()) choose(named());
else live.open();
