/** What the page around the chat may say to it. */
import type { KefuChat } from "./ui/element.js";

export type Call = [act: string, ...given: unknown[]];

const text = (given: unknown): string => String(given ?? "");

const ACTS: Record<string, (chat: KefuChat, ...given: unknown[]) => unknown> = {
  open: (chat) => chat.open(),
  close: (chat) => chat.close(),
  toggle: (chat) => (chat.shown ? chat.close() : chat.open()),
  send: (chat, said) => chat.say(text(said)),
  prefill: (chat, said) => chat.open().then(() => chat.composer.write(text(said))),
  identify: (chat, jwt) => {
    if (chat.conversation.identify(text(jwt)) || !jwt) chat.told = null; // it was said of who has left
  },
  setAttributes: (chat, told) => (chat.told = told),
  setLocale: (chat, language) => chat.speak(text(language)),
  setTheme: (chat, theme) => (theme === "auto" ? chat.removeAttribute("theme") : chat.setAttribute("theme", text(theme))),
  reset: (chat) => {
    chat.told = null;
    chat.conversation.forget();
  },
  on: (chat, kind, listener) => chat.listen(text(kind), listener as () => void),
};

export function obey(chat: KefuChat, [act, ...given]: Call): void {
  if (Object.hasOwn(ACTS, act)) ACTS[act]?.(chat, ...given);
}
