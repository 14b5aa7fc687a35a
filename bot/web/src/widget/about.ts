/** Where the customer is, and what the page says of them: told with each message, kept nowhere. */
import type { KefuChat } from "./ui/element.js";

const LONGEST = 2000; // characters: a message with far more would be refused for its size

/** Values of the address and what follows its # hold secrets and people's names: they do not leave the page. */
export function about(chat: KefuChat): object {
  let attributes = {};
  try {
    const all: object = { ...(chat.told ?? JSON.parse(chat.getAttribute("attributes")!)) };
    if (JSON.stringify(all).length < LONGEST) attributes = all;
  } catch {
    // What is no JSON tells nothing.
  }
  const { origin, pathname, search } = location;
  const page = origin + pathname + search.replace(/=[^&]*/g, "");
  return { page: page.slice(0, LONGEST), title: document.title.slice(0, LONGEST), attributes };
}
