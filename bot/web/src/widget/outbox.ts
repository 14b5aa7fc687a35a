/** Messages on their way: each is sent until the server has it, in order, once in effect by its id. */
import type { Memory } from "./memory.js";
import type { Message } from "./model.js";
import { Unknown, type Visit } from "./visit.js";

const ATTEMPTS = 6;

export type Verdict = { sent: true } | { again: true } | { wait: number } | { reason: string };

export interface Deliveries {
  delivered(message: Message): void;
  failed(message: Message, reason: string): void;
  paced(seconds: number): void;
}

export class Outbox {
  messages: Message[];
  private flushing = false;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly visit: Visit,
    private readonly memory: Memory,
    private readonly told: Deliveries,
    private readonly begin: () => Promise<void>,
  ) {
    this.messages = memory.outbox();
  }

  post(message: Message): void {
    this.messages.push({ ...message, attempts: 0 });
    this.memory.keep(message);
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    clearTimeout(this.later);
    try {
      while (this.messages[0] && (await this.settle(this.messages[0])));
    } finally {
      this.flushing = false;
    }
  }

  /** False: the rest must wait. */
  private async settle(message: Message): Promise<boolean> {
    const verdict = await this.deliver(message);
    if (this.messages[0] !== message) return true; // a new conversation was begun meanwhile
    if ("wait" in verdict) {
      this.again(verdict.wait * 1000);
      this.told.paced(verdict.wait);
      return false;
    }
    const attempts = message.attempts ?? 0;
    if ("again" in verdict && (attempts < ATTEMPTS || !navigator.onLine)) {
      this.again(Math.min(15_000, 1000 * 2 ** attempts));
      if (navigator.onLine) message.attempts = attempts + 1;
      return false;
    }
    this.messages.shift();
    this.memory.drop(message);
    if ("sent" in verdict) this.told.delivered(message);
    else this.told.failed(message, "reason" in verdict ? verdict.reason : "");
    return true;
  }

  private again(ms: number): void {
    this.later = setTimeout(() => void this.flush(), ms);
  }

  private async deliver({ id, text, language, path, files }: Message): Promise<Verdict> {
    try {
      if (!this.visit.token) await this.begin();
      const body = JSON.stringify({ id, text, language, files: files?.map(({ ref }) => ref), ...this.visit.about() });
      return await verdictOf(await this.visit.request(path, { method: "POST", body }), this.memory);
    } catch (error) {
      if (error instanceof Response) return verdictOf(error, this.memory); // there could be no visit
      return error instanceof Unknown ? { reason: error.message } : { again: true };
    }
  }
}

async function verdictOf(response: Response, memory: Memory): Promise<Verdict> {
  if (response.ok) return { sent: true };
  if (response.status === 401) {
    memory.set({ token: undefined });
    return { again: true };
  }
  const wait = Number(response.headers.get("Retry-After")) || 15;
  if (response.status === 429) return { wait: Math.min(120, wait) };
  if (response.status >= 500 || [408, 425].includes(response.status)) return { again: true };
  return { reason: ((await response.json()) as { error: string }).error };
}
