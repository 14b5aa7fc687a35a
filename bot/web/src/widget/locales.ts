/** What the widget says, in English; other languages are fetched when they are spoken. */

/** A text that depends on a number, by the names of Intl.PluralRules; a form that is left out is as `other`. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const english = {
  title: "Chat with us",
  open: "Open the chat",
  close: "Close the chat",
  restart: "New conversation",
  more: "More",
  greeting:
    "Hello! Ask me anything about our service. I answer from our help pages and show where it is written; a colleague is one tap away.",
  bot: "Assistant",
  machine: "AI",
  human: "Team",
  botStatus: "Answers at once",
  away: "The team is back {when}; the assistant answers now",
  team: "{name} · our team",
  waiting: "A colleague will be with you soon",
  person: "Talk to a person",
  with: "You are talking to {name}",
  write: "Write a message",
  send: "Send",
  log: "Messages",
  typing: "{name} is writing…",
  source: "Source {n}: {title}",
  read: "Read more",
  near: "These may help:",
  also: "Related:",
  you: "You",
  offline: "No connection. Your messages are kept and sent as soon as it is back.",
  pending: "Sending…",
  queued: "Waiting for the connection",
  paced: "Many messages at once: goes on in {n} s",
  failed: "Not sent.",
  retry: "Try again",
  again: "Ask again",
  over: "This conversation is over. Your next message begins a new one.",
  sure: "Begin a new conversation? This one will no longer be shown here.",
  yes: "Begin new",
  no: "Keep this one",
  taken_over: "{name} has joined",
  handed_back: "The assistant answers again",
  handed_over: "A colleague has been called",
  resolved: "This conversation is closed. Write again whenever you like.",
  reopened: "This conversation goes on",
  stopped: "Stopped",
  stop: "Stop",
  unrated: "Your rating could not be sent",
  end: "End this conversation",
  transcript: "Download the conversation",
  soundOn: "Turn sounds on",
  soundOff: "Turn sounds off",
  name: "Your name",
  email: "Your e-mail",
  begin: "Start",
  needed: "Please fill this in.",
  dismiss: "Dismiss",
  unread: { one: "{n} new message", other: "{n} new messages" } as Plural,
};

export type Texts = typeof english;
export const ENGLISH: Readonly<Texts> = english;
export const LANGUAGES = ["en", "zh", "es", "de", "fr", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];
const RIGHT_TO_LEFT = new Set(["ar"]);

/** The language that is spoken to who wants `wanted` ("zh-CN"). */
export function spoken(wanted: string): Language {
  const language = wanted.slice(0, 2).toLowerCase();
  return LANGUAGES.find((known) => known === language) ?? "en";
}

export const direction = (language: string): "rtl" | "ltr" => (RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr");

/** `text` with its fields filled, numbers as they are written in the language; of a plural, the form that its number `n` takes. */
export function fill(text: string | Plural, values: Record<string, string | number>, language = "en"): string {
  const form = typeof text === "string" ? text : (text[new Intl.PluralRules(language).select(Number(values.n))] ?? text.other);
  const shown = (value: string | number | undefined): string =>
    typeof value === "number" ? new Intl.NumberFormat(language).format(value) : (value ?? "");
  return form.replace(/\{(\w+)\}/g, (_, key: string) => shown(values[key]));
}
