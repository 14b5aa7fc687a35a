import assert from "node:assert/strict";
import { test } from "node:test";
import type { Turn } from "../../../bot/web/src/widget/model.js";
import { madeSoFar, Thread } from "../../../bot/web/src/widget/thread.js";

const OPEN = { status: "open", agent: null };
const turn = (id: string, role: Turn["role"], text = id): Turn => ({ id, role, text, at: 0 });
const message = (id: string) => ({ id, text: id, path: "api/messages", language: "en", at: 0 });
const order = (thread: Thread) => thread.items.map((item) => item.turn.id);

test("turns stand in the server's order, what is not delivered yet behind them", () => {
  const thread = new Thread();
  thread.send(message("mine"));
  thread.hearConversation({ state: OPEN, turns: [turn("a", "customer"), turn("b", "bot")] });
  assert.deepEqual(order(thread), ["a", "b", "mine"]);
  assert.equal(thread.items[2]?.delivery, "pending");
  thread.hearTurn(turn("mine", "customer"));
  assert.equal(thread.find("mine")?.delivery, undefined);
});

test("what was delivered since a conversation was told stays behind what it stood behind", () => {
  const thread = new Thread();
  for (const id of ["one", "two", "three"]) thread.send(message(id));
  thread.delivered("one");
  thread.delivered("two");
  thread.hearConversation({ state: OPEN, turns: [turn("one", "customer")] });
  assert.deepEqual(order(thread), ["one", "two", "three"]);
  thread.hearConversation({ state: OPEN, turns: [turn("one", "customer"), turn("two", "customer"), turn("bot", "bot")] });
  assert.deepEqual(order(thread), ["one", "two", "bot", "three"]);
});

test("what stood before all that is told stays before it", () => {
  const thread = new Thread();
  for (const id of ["a", "b", "c"]) thread.hearTurn(turn(id, "bot"));
  thread.hearConversation({ state: OPEN, turns: [turn("b", "bot"), turn("c", "bot"), turn("d", "bot")] });
  assert.deepEqual(order(thread), ["a", "b", "c", "d"]);
});

test("the same turn twice is shown once and is news once", () => {
  const thread = new Thread();
  assert.equal(thread.hearTurn(turn("a", "bot")), true);
  assert.equal(thread.hearTurn(turn("a", "bot")), false);
  assert.deepEqual(order(thread), ["a"]);
});

test("an answer grows sentence by sentence and is finished where what was said meanwhile stands before it", () => {
  const thread = new Thread();
  thread.hearSentence("b", "Thirty days.", 0);
  thread.hearSentence("b", "It is free.", 0);
  assert.equal(madeSoFar(thread.making!), "Thirty days. It is free.");
  thread.hearTurn(turn("c", "customer"));
  thread.hearTurn(turn("b", "bot"));
  assert.deepEqual(order(thread), ["c", "b"]);
  assert.equal(thread.making, undefined);
});

test("an agent ends what the bot was saying", () => {
  const thread = new Thread();
  thread.hearSentence("b", "Thirty days.", 0);
  assert.equal(thread.hearState({ status: "open", agent: "Mia" }), true);
  thread.hearSentence("b", "It is free.", 0);
  assert.deepEqual(order(thread), []);
});

test("a sentence of a finished answer changes nothing", () => {
  const thread = new Thread();
  thread.hearTurn(turn("b", "bot", "Done."));
  thread.hearSentence("b", "Again.", 0);
  assert.equal(thread.items[0]?.making, undefined);
});

test("what came while nobody listened is told once, and nothing of the first hearing", () => {
  const thread = new Thread();
  const first = { state: OPEN, turns: [turn("a", "bot")] };
  assert.deepEqual(thread.hearConversation(first), []);
  const missed = thread.hearConversation({ state: OPEN, turns: [...first.turns, turn("b", "agent"), turn("e", "event")] });
  assert.deepEqual(missed.map(({ id }) => id), ["b"]);
});

test("a message that failed says why until it is sent again", () => {
  const thread = new Thread();
  thread.send(message("a"));
  thread.failed("a", "too long");
  assert.deepEqual([thread.find("a")?.delivery, thread.find("a")?.reason], ["failed", "too long"]);
  thread.send(message("a"));
  assert.equal(thread.find("a")?.delivery, "pending");
  assert.deepEqual(order(thread), ["a"]);
});
