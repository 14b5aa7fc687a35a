/** What the browser remembers: in localStorage, and where that is blocked in this page alone.
 *
 * "kefu": {token: the conversation's secret, open: is the panel open, who: the id by which the site knows the
 * customer, quiet: no sounds}, written when a conversation begins and never before; "kefu:ID" for each message that is
 * not delivered yet: apart, because two tabs that write one value at once would lose one of both.
 */
import type { Message } from "./model.js";

const KEY = "kefu";

export interface Kept {
  token?: string | undefined;
  who?: string | undefined;
  open?: boolean;
  quiet?: boolean;
}

export class Memory {
  kept: Kept = {};
  /** Storage is blocked or full. */
  private alone = false;

  constructor() {
    this.refresh();
  }

  /** What is kept now; other tabs write as well. */
  refresh(): Kept {
    if (this.alone) return this.kept;
    const { token, open, who, quiet } = Object(this.read(KEY) ?? { open: this.kept.open }) as Kept;
    this.kept = {
      ...(typeof token === "string" && { token, ...(typeof who === "string" && { who }) }),
      open: Boolean(open),
      ...(quiet === true && { quiet }),
    };
    return this.kept;
  }

  /** Another tab began or left a conversation: this one follows. */
  follow(moved: () => void): void {
    addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return;
      const { token } = this.kept;
      if (this.refresh().token !== token) moved();
    });
  }

  set(values: Kept): void {
    Object.assign(this.refresh(), values);
    this.alone = !this.write(KEY, this.kept.token ? this.kept : null);
  }

  clear(): void {
    this.set({ token: undefined, who: undefined });
    for (const message of this.outbox()) this.drop(message);
  }

  /** Messages that are not delivered yet, the oldest first. */
  outbox(): Message[] {
    return this.keys()
      .filter((key) => key.startsWith(`${KEY}:`))
      .map((key) => this.read(key) as Message | null)
      .filter((message): message is Message => typeof message?.text === "string")
      .sort((a, b) => a.at - b.at);
  }

  keep(message: Message): void {
    this.write(`${KEY}:${message.id}`, message);
  }

  drop({ id }: Message): void {
    this.write(`${KEY}:${id}`, null);
  }

  private keys(): string[] {
    try {
      return Object.keys(localStorage);
    } catch {
      return []; // storage is blocked
    }
  }

  private read(key: string): unknown {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null; // blocked, or damaged
    }
  }

  private write(key: string, value: unknown): boolean {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false; // full or blocked: what is there is not what was said last
    }
  }
}
