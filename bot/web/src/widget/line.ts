/** The line to the server: hears each event once, comes back after sleep, restarts and bad networks. */
import { subjectOf } from "./identity.js";
import { Memory } from "./memory.js";
import type { Conversation, Message } from "./model.js";
import { type Deliveries, Outbox } from "./outbox.js";
import { fields, later } from "./sse.js";
import { Visit } from "./visit.js";

const SILENCE_MS = 30_000; // three missed pings: the connection is dead, whatever the browser believes
const PATIENT_TRIES = 12;
const HIDDEN_MS = 60_000; // a tab nobody looks at gives its connection back: browsers share few among tabs
const OPEN_IN_TOO_MANY_WINDOWS_MS = 15_000;

export interface Ears extends Deliveries {
  conversation(told: Conversation, anew: boolean): void;
  event(kind: string, data: unknown): void;
  online(is: boolean): void;
  /** The token is not valid any more. */
  over(): void;
  /** The site must say again who the customer is. */
  unknown(): void;
}

export class Line {
  readonly visit: Visit;
  readonly outbox: Outbox;
  mark = "";
  private retry = 0; // what the server said about coming back
  private wake: () => void = () => {};
  private lastHeard = 0;
  private listening: AbortController | null = null;
  private reading: AbortController | null = null;
  private nap: ReturnType<typeof setTimeout> | undefined;

  constructor(
    home: URL,
    private readonly memory: Memory,
    private readonly heard: Ears,
  ) {
    this.visit = new Visit(home, memory, () => heard.unknown());
    this.outbox = new Outbox(this.visit, memory, heard, () => this.begin());
    addEventListener("online", () => {
      if (!this.listening) heard.online(true);
      this.hurry();
    });
    addEventListener("offline", () => heard.online(false));
    addEventListener("pageshow", () => this.hurry(SILENCE_MS / 2));
    document.addEventListener("visibilitychange", () => this.seen());
  }

  resume(): void {
    if (this.visit.token && !this.listening) void this.listen();
    if (this.outbox.messages.length) void this.outbox.flush();
  }

  post(message: Message): void {
    this.outbox.post(message);
  }

  /** From here the customer is who `jwt` says, or nobody in particular. True: someone else than before. */
  identify(jwt: string): boolean {
    const who = subjectOf(jwt);
    const { who: before } = this.memory.refresh();
    this.visit.identity = who ? jwt : "";
    const moved = who ? who !== before : Boolean(before);
    if (moved) this.forget();
    if (who && !this.visit.settled()) this.begin().catch(() => {});
    return moved;
  }

  forget(): void {
    this.outbox.messages = [];
    this.memory.clear();
    this.stopListening();
  }

  stopListening(): void {
    this.rest();
    this.mark = "";
  }

  /** Takes one server-sent event. */
  take(text: string): void {
    const field = fields(text);
    if (field.retry) this.retry = Number(field.retry) || 0;
    if (!field.data) return;
    const data: unknown = JSON.parse(field.data);
    if (field.event === "conversation") {
      this.mark = field.id ?? ""; // the stream begins anew, whatever was heard before
      this.heard.conversation(data as Conversation, true);
    } else if (!field.id || later(field.id, this.mark)) {
      this.mark = field.id ?? this.mark;
      this.heard.event(field.event ?? "", data);
    }
  }

  private async begin(): Promise<void> {
    const { token } = this.visit;
    await this.visit.begin();
    if (token && this.listening) return; // what is heard goes on; what is said goes with the new token
    this.stopListening();
    void this.listen();
  }

  private seen(): void {
    clearTimeout(this.nap);
    if (document.hidden) this.nap = setTimeout(() => this.rest(), HIDDEN_MS);
    else if (this.visit.token && !this.listening) void this.listen();
    else this.hurry(SILENCE_MS / 2);
  }

  /** Hang up, and go on from here when listening again. */
  private rest(): void {
    this.listening?.abort();
    this.listening = null;
  }

  /** Back from sleep or offline: do not wait for a timer that slept too. */
  private hurry(silence = 0): void {
    if (Date.now() - this.lastHeard >= silence) this.reading?.abort();
    this.wake();
    void this.outbox.flush();
  }

  private async listen(): Promise<void> {
    const listening = (this.listening = new AbortController());
    for (let failures = 0; !listening.signal.aborted; failures += 1) {
      const reading = (this.reading = new AbortController());
      listening.signal.addEventListener("abort", () => reading.abort());
      try {
        const response = await this.open(reading.signal);
        if (response.status === 401) return this.expire(listening);
        if (response.status === 429) {
          await this.refetch(); // look from time to time
          await this.snooze(OPEN_IN_TOO_MANY_WINDOWS_MS);
          continue;
        }
        if (response.ok && response.body) {
          if (this.mark) void this.refetch();
          this.heard.online(true);
          failures = 0;
          await this.read(response.body, reading);
          failures = -1; // it was open and ended: come back soon
        }
      } catch {
        // Cut off, asleep or aborted: the next round says.
      }
      if (listening.signal.aborted) return;
      await this.waitAfter(failures);
    }
  }

  private open(signal: AbortSignal): Promise<Response> {
    const headers = { Accept: "text/event-stream", ...(this.mark && { "Last-Event-ID": this.mark }) };
    return this.visit.request("api/events", { headers }, signal);
  }

  private async waitAfter(failures: number): Promise<void> {
    if (failures > 0 || !navigator.onLine) this.heard.online(false);
    const longest = failures < PATIENT_TRIES ? 2400 : 15_000; // a restart takes seconds, an outage may take long
    await this.snooze(failures < 0 ? this.retry || 300 : Math.min(longest, 500 * 2 ** failures));
    this.retry = 0;
  }

  private snooze(ms: number): Promise<unknown> {
    const woken = new Promise<void>((resolve) => (this.wake = resolve));
    return Promise.race([new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2))), woken]);
  }

  private expire(listening: AbortController): void {
    if (this.listening !== listening) return;
    this.memory.set({ token: undefined });
    this.stopListening();
    this.heard.online(true);
    if (this.visit.identity) this.begin().catch(() => {});
    else this.heard.over();
  }

  /** The stream resumes after the last event; this catches what the server no longer keeps as events. */
  private async refetch(): Promise<void> {
    try {
      const response = await this.visit.request("api/conversation");
      if (response.ok) this.heard.conversation((await response.json()) as Conversation, false);
    } catch {
      // The stream is the way that counts.
    }
  }

  private async read(body: ReadableStream<Uint8Array>, reading: AbortController): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    const watch = setInterval(() => {
      if (Date.now() - this.lastHeard > SILENCE_MS) reading.abort();
    }, 5000);
    this.lastHeard = Date.now();
    try {
      for (let rest = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) return;
        this.lastHeard = Date.now();
        const events = (rest + value).split("\n\n");
        rest = events.pop() ?? "";
        events.forEach((text) => this.take(text));
      }
    } finally {
      clearInterval(watch);
    }
  }
}
