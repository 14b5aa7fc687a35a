// One stream for the page: what changes anywhere, and all events of the chosen conversation.

import { call } from "./api.js";

const KINDS = ["conversation", "turn", "state", "sentence", "withdrawn", "typing"];

export class Live {
  constructor(heard) {
    this.heard = heard; // {activity(states, queue), event(kind, data), online(is), reopened()}
    this.conversation = "";
    this.after = "";
    this.activity = "";
    this.failures = 0;
  }

  /* Listen to another conversation; it begins with the conversation as it is. */
  follow(conversation) {
    this.conversation = conversation;
    this.after = "";
    this.open();
  }

  open() {
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
      source.addEventListener(kind, ({ data, lastEventId }) => {
        // A conversation begins the stream anew, whatever was heard before.
        this.after = kind === "conversation" ? lastEventId : lastEventId || this.after;
        this.heard.event(kind, JSON.parse(data));
      });
  }

  /* EventSource would come back to the old address; ours carries the marks. */
  retry(source) {
    if (source !== this.source) return;
    source.close();
    this.failures += 1;
    if (this.failures > 1) {
      this.heard.online(false);
      call("GET", "me").catch(() => {});
    }
    this.timer = setTimeout(() => this.open(), Math.min(this.failures < 12 ? 2400 : 10_000, 300 * 2 ** this.failures));
  }
}
