/** What the browser remembers: in localStorage under "kefu" alone, and where that is blocked in this page alone.
 *
 * {token: the conversation's secret, open: is the panel open, who: the id by which the site knows the customer, said:
 * what the site said of them, as the token has it, quiet: no sounds, out: messages that are not delivered yet, by id},
 * written with the first message and never before.
 *
 * Two tabs may write at once, and no lock helps: each sees the other's storage a moment late. So a message's page, which
 * alone knows whether it was delivered, sets right what another wrote over.
 */
import type { Message } from "./model.js";

const KEY = "kefu";
const OLD = `${KEY}:`; // each message had a key of its own

type Out = Record<string, Message>;

export interface Kept {
  token?: string | undefined;
  who?: string | undefined;
  said?: string | undefined;
  open?: boolean;
  quiet?: boolean;
  out?: Out | undefined;
}

export class Memory {
  kept: Kept = {};
  /** Storage is blocked or full. */
  private alone = false;
  /** Messages said in this page; null: delivered. */
  private readonly own = new Map<string, Message | null>();

  constructor() {
    this.refresh();
    this.takeOld();
  }

  /** What is kept now; other tabs write as well. */
  refresh(): Kept {
    if (this.alone) return this.kept;
    const { token, open, who, said, quiet, out } = Object(this.read(KEY) ?? { open: this.kept.open }) as Kept;
    this.kept = {
      ...(typeof token === "string" && { token, ...(typeof who === "string" && { who, said }) }),
      open: Boolean(open),
      ...(quiet === true && { quiet }),
      ...(out && { out: { ...out } }),
    };
    return this.kept;
  }

  /** Another tab began or left a conversation: this one follows. */
  follow(moved: () => void): void {
    addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return;
      const { token, who } = this.kept;
      const { token: now, who: next, out } = this.refresh();
      // The same customer's new token is for the same conversation.
      if (now !== token && (!who || who !== next)) {
        if (token) this.own.clear();
        moved();
      } else if ([...this.own].some(([id, message]) => !message === Boolean(out?.[id]))) this.set({});
    });
  }

  set(values: Kept): void {
    const out = { ...Object.assign(this.refresh(), values).out };
    for (const [id, message] of this.own)
      if (message) out[id] = message;
      else delete out[id];
    this.kept.out = Object.keys(out).length ? out : undefined;
    this.alone = !this.write(this.kept.token || this.kept.out ? this.kept : null);
  }

  clear(): void {
    this.own.clear();
    this.set({ token: undefined, who: undefined, said: undefined, out: {} });
  }

  /** Messages that are not delivered yet, the oldest first. */
  outbox(): Message[] {
    return Object.values(this.refresh().out ?? {})
      .filter((message) => typeof message?.text === "string")
      .sort((a, b) => a.at - b.at);
  }

  keep(message: Message): void {
    this.own.set(message.id, message);
    this.set({});
  }

  drop({ id }: Message): void {
    if (this.own.has(id)) this.own.set(id, null);
    const { [id]: _, ...out } = this.refresh().out ?? {};
    this.set({ out });
  }

  private takeOld(): void {
    try {
      const old = Object.keys(localStorage).filter((key) => key.startsWith(OLD));
      const messages = old.map((key) => this.read(key) as Message | null);
      if (old.length) this.set({ out: { ...this.kept.out, ...Object.fromEntries(messages.map((each) => [each?.id, each])) } });
      for (const key of old) localStorage.removeItem(key);
    } catch {
      // Storage is blocked.
    }
  }

  private read(key: string): unknown {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null; // blocked, or damaged
    }
  }

  private write(value: unknown): boolean {
    try {
      if (value) localStorage.setItem(KEY, JSON.stringify(value));
      else localStorage.removeItem(KEY);
      return true;
    } catch {
      return false; // full or blocked: what is there is not what was said last
    }
  }
}
