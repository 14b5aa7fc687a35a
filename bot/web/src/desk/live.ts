// One stream for the page: what changes anywhere, and all events of the chosen conversation.

import { call } from "./api";
import type { State } from "./types";

const KINDS = ["conversation", "turn", "state", "sentence", "withdrawn", "typing", "composing"] as const;
export type Kind = (typeof KINDS)[number];

/** Away for so long, a page may have slept: its stream may be dead without a word. */
const SLEPT_MS = 5_000;

export interface Heard {
  activity(states: State[], queue: string[]): void;
  event(kind: Kind, data: never): void;
  online(is: boolean): void;
  reopened(): void;
}

export class Live {
  private conversation = "";
  private after = "";
  private activity = "";
  private failures = 0;
  private hiddenAt = 0;
  private timer = 0;
  private source: EventSource | undefined;

  constructor(private readonly heard: Heard) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.hiddenAt = Date.now();
      else if (this.source && Date.now() - this.hiddenAt > SLEPT_MS) this.open();
    });
    addEventListener("online", () => this.source && this.open());
  }

  /** Listen to another conversation; it begins with the conversation as it is. */
  follow(conversation: string): void {
    this.conversation = conversation;
    this.after = "";
    this.open();
  }

  open(): void {
    clearTimeout(this.timer);
    this.source?.close();
    const { conversation, after, activity } = this;
    const source = (this.source = new EventSource(
      `/desk/api/events?${new URLSearchParams({ conversation, after, activity })}`,
    ));
    source.onopen = () => {
      this.failures = 0;
      this.heard.online(true);
      if (!this.activity) this.heard.reopened();
    };
    source.onerror = () => this.retry(source);
    source.addEventListener("activity", ({ data }) => {
      const { mark, states, queue } = JSON.parse(data);
      this.activity = mark;
      this.heard.activity(states, queue);
    });
    for (const kind of KINDS)
      source.addEventListener(kind, (event) => {
        const { data, lastEventId } = event as MessageEvent<string>;
        // A conversation begins the stream anew, whatever was heard before.
        this.after = kind === "conversation" ? lastEventId : lastEventId || this.after;
        this.heard.event(kind, JSON.parse(data) as never);
      });
  }

  /** EventSource would come back to the old address; ours carries the marks. */
  private retry(source: EventSource): void {
    if (source !== this.source) return;
    source.close();
    this.failures += 1;
    if (this.failures > 1) {
      this.heard.online(false);
      call("GET", "me").catch(() => {});
    }
    const pause = Math.min(this.failures < 12 ? 2400 : 10_000, 300 * 2 ** this.failures);
    this.timer = window.setTimeout(() => this.open(), pause);
  }
}
