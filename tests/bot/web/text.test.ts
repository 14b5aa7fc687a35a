import assert from "node:assert/strict";
import { test } from "node:test";
import { TEXTS as ACTS } from "../../../bot/web/src/widget/acts/texts.js";
import { direction, ENGLISH, fill, type Plural, spoken } from "../../../bot/web/src/widget/locales.js";
import { fields, later } from "../../../bot/web/src/widget/sse.js";
import { offerOf, pieces, related, sentenceParts, webAddress } from "../../../bot/web/src/widget/text.js";
import { transcript } from "../../../bot/web/src/widget/transcript.js";
import ar from "../../../bot/web/src/entries/widget/ar.js";
import de from "../../../bot/web/src/entries/widget/de.js";
import es from "../../../bot/web/src/entries/widget/es.js";
import fr from "../../../bot/web/src/entries/widget/fr.js";
import zh from "../../../bot/web/src/entries/widget/zh.js";

const LANGUAGES = { en: ENGLISH, ar, de, es, fr, zh };

test("only addresses of the web become links", () => {
  assert.equal(webAddress("javascript:alert(1)"), null);
  assert.equal(webAddress("data:text/html,x"), null);
  assert.deepEqual(pieces("see https://shop.example/a?b=1. Now"), [
    { text: "see ", href: null },
    { text: "https://shop.example/a?b=1", href: "https://shop.example/a?b=1" },
    { text: ". Now", href: null },
  ]);
});

test("a direction mark is no part of an address", () => {
  const [, link] = pieces("\u202ehttps://shop.example/\u202emoc.knab");
  assert.equal(link?.text, "https://shop.example/");
});

test("a text is cut at its sentences, and not when one is missing", () => {
  const parts = sentenceParts("Yes. No.", [{ text: "Yes.", sources: [1] }, { text: "No.", sources: [2] }]);
  assert.deepEqual(parts?.map(({ text }) => text), ["Yes.", " ", "No."]);
  assert.equal(sentenceParts("Yes.", [{ text: "Maybe.", sources: [] }]), null);
});

test("what is offered leaves the text", () => {
  const sources = [{ number: 1, title: "Returns" }];
  const offer = offerOf({ id: "a", role: "bot", at: 0, outcome: "refused", sources, text: "Nearest:\n- Returns\nAsk." });
  assert.deepEqual([offer?.before, offer?.after, offer?.introduced], ["Nearest:", "Ask.", true]);
});

test("sources that no sentence names are related ones", () => {
  const sources = [{ number: 1, title: "a" }, { number: 2, title: "b" }];
  const turn = { id: "a", role: "bot" as const, at: 0, text: "x", outcome: "answered", sources };
  assert.deepEqual(related({ ...turn, sentences: [{ text: "x", sources: [1] }] }).map(({ title }) => title), ["b"]);
  assert.deepEqual(related(turn), []);
});

test("every language says everything, with the same fields", () => {
  const shape = (text: string | Plural): string[] =>
    [...(typeof text === "string" ? text : text.other).matchAll(/\{\w+\}/g)].map(String).sort();
  const shapes = (texts: object) => Object.fromEntries(Object.entries(texts).sort().map(([key, text]) => [key, shape(text)]));
  for (const [language, texts] of Object.entries(LANGUAGES)) assert.deepEqual(shapes(texts), shapes(ENGLISH), language);
  for (const [language, texts] of Object.entries(ACTS)) assert.deepEqual(shapes(texts), shapes(ACTS.en), language);
  assert.deepEqual(Object.keys(ACTS).sort(), Object.keys(LANGUAGES).sort());
});

test("numbers take the form their language has for them, and are written as it writes them", () => {
  assert.equal(fill(ENGLISH.unread, { n: 1 }, "en"), "1 new message");
  assert.equal(fill(ENGLISH.unread, { n: 2 }, "en"), "2 new messages");
  assert.equal(fill(ar.unread, { n: 2 }, "ar"), "رسالتان جديدتان");
  assert.match(fill(ar.unread, { n: 3 }, "ar"), /رسائل جديدة$/);
  for (const n of [11, 100]) assert.match(fill(ar.unread, { n }, "ar"), /رسالة جديدة$/);
  assert.equal(fill(zh.unread, { n: 2 }, "zh"), "2 条新消息");
  assert.equal(fill(ACTS.en.stars, { n: 1000 }, "de"), "1.000 of 5 stars");
});

test("a language that is not spoken is answered in English, and Arabic runs from right to left", () => {
  assert.deepEqual([spoken("zh-CN"), spoken("DE"), spoken("tlh")], ["zh", "de", "en"]);
  assert.deepEqual([direction("ar"), direction("en")], ["rtl", "ltr"]);
});

test("events are read field by field, and ordered by both numbers of their ids", () => {
  assert.deepEqual(fields('id: 5-1\nevent: turn\ndata: {"a": "b: c"}'), { id: "5-1", event: "turn", data: '{"a": "b: c"}' });
  assert.equal(fields("data: a\u2028b").data, "a\u2028b"); // no end of a line here, though JavaScript's "." says so
  assert.equal(later("9007199254740993-0", "9007199254740991-7"), true);
  assert.equal(later("5-2", "5-10"), false);
  assert.equal(later("0-1", ""), true);
});

test("a transcript names speakers and sources", () => {
  const turns = [
    { id: "a", role: "customer" as const, text: "/human", at: 0 },
    { id: "b", role: "bot" as const, text: "Yes.", at: 0, sources: [{ number: 1, title: "Returns", url: "https://a.example/" }] },
    { id: "c", role: "event" as const, text: "taken_over", name: "Mia", at: 0 },
  ];
  const text = transcript(turns, ENGLISH, "en");
  assert.match(text, /You: Talk to a person/);
  assert.match(text, /Assistant: Yes\.\n {2}\[1\] Returns – https:\/\/a\.example\//);
  assert.match(text, /Mia has joined/);
});
