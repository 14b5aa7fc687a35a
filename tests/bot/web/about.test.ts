import assert from "node:assert/strict";
import { test } from "node:test";
import { about } from "../../../bot/web/src/widget/about.js";
import type { KefuChat } from "../../../bot/web/src/widget/ui/element.js";

type About = { page: string; title: string; attributes: object };

/** What is told on a page by a chat whose tag, and whose page's scripts, say something of the customer. */
function on(href: string, tag: string | null = null, told?: unknown, title = ""): About {
  Object.assign(globalThis, { location: new URL(href), document: { title } });
  return about({ told, getAttribute: () => tag } as unknown as KefuChat) as About;
}

test("values and what follows # stay in the page", () => {
  const kept = {
    "https://shop.example/bikes/7": "https://shop.example/bikes/7",
    "https://shop.example/?a=1&b=x%3D1&c#top": "https://shop.example/?a&b&c",
    "https://shop.example/?a=1#token=2&b=3": "https://shop.example/?a",
    "https://shop.example/#access_token=1&id=2": "https://shop.example/",
    "https://shop.example/c/color=red/shoes?x=1=2&y": "https://shop.example/c/color=red/shoes?x&y",
  };
  for (const [href, page] of Object.entries(kept)) assert.equal(on(href).page, page);
});

test("what a script says stands in place of what the tag says, until it says nothing", () => {
  assert.deepEqual(on("x:", '{"plan":"free"}').attributes, { plan: "free" });
  assert.deepEqual(on("x:", '{"plan":"free"}', { cart: 2 }).attributes, { cart: 2 });
  assert.deepEqual(on("x:", '{"plan":"free"}', null).attributes, { plan: "free" });
  assert.deepEqual(on("x:").attributes, {});
});

test("what is no JSON, runs in a circle or is too much tells nothing, and stops nothing", () => {
  const round: Record<string, unknown> = {};
  round.round = round;
  for (const told of [round, { big: "x".repeat(2000) }, { n: 1n }, 7]) assert.deepEqual(on("x:", null, told).attributes, {});
  for (const tag of ["{", "", "7", "null", "undefined"]) assert.deepEqual(on("x:", tag).attributes, {});
});

test("nothing is so long that the message would be refused", () => {
  const told = on(`https://shop.example/${"a".repeat(90_000)}`, null, { a: "客".repeat(1900) }, "😀".repeat(90_000));
  assert.ok(JSON.stringify({ ...told, text: "客".repeat(4000) }).length * 3 < 32_768);
});
