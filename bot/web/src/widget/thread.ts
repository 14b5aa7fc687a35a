/** What is shown of a conversation, folded from what is told of it. Knows no page and no connection.
 *
 * Turns stand in the server's order, then the answer in the making, then what is not delivered yet.
 */
import { type Conversation, type Message, OPEN, type State, type Turn } from "./model.js";
import { growingParts } from "./text.js";

export interface Shown {
  turn: Turn;
  /** Sentences of an answer in the making. */
  making?: string[];
  delivery?: "pending" | "failed";
  /** Why a message is not sent. */
  reason?: string;
}

export class Thread {
  state: State = OPEN;
  items: Shown[] = [];
  private caughtUp = false;

  get making(): Shown | undefined {
    return this.items.find((item) => item.making);
  }

  get started(): boolean {
    return this.items.some(({ turn }) => turn.role !== "event");
  }

  find(id: string): Shown | undefined {
    return this.items.find(({ turn }) => turn.id === id);
  }

  clear(): void {
    this.items = [];
    this.state = OPEN;
    this.caughtUp = false;
  }

  /** Turns that nobody has seen yet, when this is not the first that is heard. `anew`: the stream tells the answer
   * in the making once more. */
  hearConversation({ state, turns }: Conversation, anew = false): Turn[] {
    if (anew) this.dropMaking();
    this.state = state;
    const missed = this.caughtUp ? turns.filter((turn) => !this.find(turn.id) && turn.role !== "customer") : [];
    this.caughtUp = true;
    const told = new Set(turns.map(({ id }) => id));
    const others = this.items.filter(({ turn }) => !told.has(turn.id));
    const listed = turns.map((turn) => this.settled(this.find(turn.id), turn));
    // What is told may be older than what was delivered since: that stays behind what it stood behind.
    const first = this.items.findIndex(({ turn }) => told.has(turn.id));
    const place = first < 0 ? others.length : first; // nothing before it is told, so that others stand there as here
    const still = (items: Shown[]) => items.filter((item) => !item.making && !item.delivery);
    const making = others.filter((item) => item.making);
    const onWay = others.filter((item) => !item.making && item.delivery);
    this.items = [...still(others.slice(0, place)), ...listed, ...still(others.slice(place)), ...making, ...onWay];
    return missed.filter(({ role }) => role !== "event");
  }

  /** True when the turn is news. */
  hearTurn(turn: Turn): boolean {
    const old = this.find(turn.id);
    const known = old !== undefined && !old.making;
    if (!known || turn.role === "customer") this.settle(turn, old);
    if (turn.role === "bot" || turn.role === "agent") this.dropMaking();
    return !known && turn.role !== "customer" && turn.role !== "event";
  }

  /** True when the bot is not the one who answers now. */
  hearState(state: State): boolean {
    this.state = state;
    const silent = Boolean(state.agent) || state.status !== "open";
    if (silent) this.dropMaking();
    return silent;
  }

  hearSentence(turn: string, text: string, at: number): void {
    const old = this.find(turn);
    if (this.state.agent || (old && !old.making)) return;
    if (old) {
      this.replace(old, { ...old, making: [...(old.making ?? []), text] });
      return;
    }
    this.dropMaking();
    this.insert({ turn: { id: turn, role: "bot", text: "", at }, making: [text] });
  }

  withdraw(turn: string): boolean {
    const found = this.find(turn);
    if (!found?.making) return false;
    this.items = this.items.filter((item) => item !== found);
    return true;
  }

  /** An answer in the making that will not be finished: its worker died, or someone else speaks. */
  dropMaking(): void {
    this.items = this.items.filter((item) => !item.making);
  }

  /** A message that is on its way. */
  send(message: Message): void {
    const { id, text, at, files } = message;
    this.items = this.items.filter(({ turn }) => turn.id !== id);
    this.items = [...this.items, { turn: { id, role: "customer", text, at, attachments: files }, delivery: "pending" }];
  }

  delivered(id: string): void {
    const found = this.find(id);
    if (found) this.replace(found, { turn: found.turn });
  }

  failed(id: string, reason: string): void {
    const found = this.find(id);
    if (found) this.replace(found, { turn: found.turn, delivery: "failed", reason });
  }

  /** Whether a message still waits for its answer. */
  unanswered(id: string): boolean {
    const at = this.items.findIndex(({ turn }) => turn.id === id);
    return !this.items.slice(at + 1).some(({ turn }) => turn.role === "bot" || turn.role === "agent");
  }

  /** What happened here alone, told by the key of its text. */
  note(key: string): void {
    this.items = [...this.items, { turn: { id: "", role: "event", text: key, at: Date.now() / 1000 } }];
  }

  private settled(old: Shown | undefined, turn: Turn): Shown {
    return old && !old.making && !old.delivery ? old : { turn };
  }

  private settle(turn: Turn, old: Shown | undefined): void {
    const next = { turn };
    // What was said while an answer was made stands before it.
    if (old && !old.making) this.replace(old, next);
    else {
      this.items = this.items.filter((item) => item !== old);
      this.insert(next);
    }
  }

  private insert(item: Shown): void {
    const at = this.items.findIndex(({ delivery }) => delivery);
    const place = at < 0 ? this.items.length : at;
    this.items = [...this.items.slice(0, place), item, ...this.items.slice(place)];
  }

  private replace(old: Shown, next: Shown): void {
    this.items = this.items.map((item) => (item === old ? next : item));
  }
}

/** The text of an answer in the making. */
export const madeSoFar = (item: Shown): string =>
  growingParts(item.making ?? [])
    .map(({ text }) => text)
    .join("");
