// The shapes that the desk's API gives.

export interface State {
  id: string;
  owner: string;
  status: "open" | "waiting" | "resolved";
  reason: string;
  language: string;
  name: string;
  created: number;
  updated: number;
  preview: string;
  episode: number;
  channel: string;
  tags: string[];
  /** Unix seconds; 0 when it is not snoozed. */
  snoozed: number;
  /** Since when the customer waits for a word; 0 when they do not. */
  since: number;
  about: About;
  /** How the customer feels; the page reads it apart. */
  mood?: Mood | "";
}

/** What is told of a customer beside their words; `signed` by the site's server, the page, its title and what is
 * `claimed` by anybody. */
export interface About {
  page: string;
  title: string;
  browser: string;
  system: string;
  signed: Record<string, string>;
  claimed: Record<string, string>;
}

export interface Source {
  id: string;
  title: string;
  url: string | null;
  score: number;
}

export interface Answer {
  outcome: string;
  mode: string;
  text: string;
  language: string;
  confidence: number;
  sentences: { text: string; sources: string[]; support: number }[];
  sources: Source[];
  reason: string | null;
}

/** What came along; `ref` is how its channel finds it again. */
export interface Attachment {
  kind: string;
  name: string;
  ref?: string;
  mime?: string;
  size?: number;
}

export interface Turn {
  id: string;
  role: "customer" | "bot" | "agent" | "event";
  text: string;
  at: number;
  name?: string;
  note?: string;
  answer?: Answer | null;
  attachments?: Attachment[];
}

export interface Span {
  sentence: number;
  start: number;
  end: number;
  support: number;
}

/** An entry that an answer names, with the characters (code points) that support it. */
export interface Evidence {
  id: string;
  title: string;
  question: string;
  text: string;
  spans: Span[];
}

export interface Entry {
  id: string;
  question: string;
  answer: string;
  title: string;
  language: string;
  score: number;
}

export interface Case {
  conversation: string;
  question: string;
  reply: string;
  by: string;
  at: number;
  score: number;
}

export interface Canned {
  name: string;
  text: string;
  tags: string[];
  resolve: boolean;
}

export interface Correction {
  id: string;
  act: "add" | "replace" | "exclude";
  entry: string;
  question: string;
  answer: string;
  why: string;
  by: string;
  status: "pending" | "approved" | "rejected";
}

export type Mood = "upset" | "unhappy" | "calm" | "glad";

/** What was read in a turn of the customer. */
export interface Reading {
  language: string;
  mood: Mood;
}

/** Words that were written, or why there are none. */
export interface Made {
  text: string;
  language: string;
  to: string;
  guarded: { lost: string[]; added: string[]; other: string[]; doubtful: string[] };
  failure: "" | "busy" | "slow" | "failed";
}

export interface Summary {
  last: string;
  intent: "question" | "person" | "complaint" | "upset";
  reason: string;
  mood: Mood;
  about: string[];
  gist: string[];
  tried: { outcome: string; text: string; sources: string[]; rated: string }[];
  open: string[];
  named: string[];
  turns: number;
  language: string;
}
