/** What the server tells of a conversation. */

export type Role = "customer" | "bot" | "agent" | "event";

export interface Source {
  number: number;
  title: string;
  url?: string | null;
}

export interface Sentence {
  text: string;
  /** Numbers of sources, from 1. */
  sources: number[];
}

/** What came along with a turn; `ref` is its id where it can be fetched. */
export interface Attachment {
  kind: string;
  name: string;
  ref?: string | undefined;
  mime?: string;
  size?: number;
}

export interface Turn {
  id: string;
  role: Role;
  text: string;
  /** Seconds since 1970. */
  at: number;
  name?: string;
  outcome?: string;
  sentences?: Sentence[];
  sources?: Source[];
  /** Questions that may be asked next. */
  related?: string[];
  attachments?: Attachment[] | undefined;
}

export interface State {
  status: string;
  agent: string | null;
}

export interface Conversation {
  state: State;
  turns: Turn[];
}

/** A customer's message; its id is made here and stays the same when it is sent again. */
export interface Message {
  id: string;
  text: string;
  path: string;
  language: string;
  at: number;
  files?: Attachment[] | undefined;
  attempts?: number;
}

export const OPEN: State = { status: "open", agent: null };
export const LONGEST_TEXT = 4000;
export const PERSON_COMMAND = "/human";
