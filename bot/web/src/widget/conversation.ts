/** A customer's conversation: what is said, heard and remembered. Knows no element; `changed` asks for a new look. */
import { subjectOf, uuid } from "./identity.js";
import { type Ears, Line } from "./line.js";
import { Memory } from "./memory.js";
import { type Attachment, type Conversation as Told, LONGEST_TEXT, type Message, PERSON_COMMAND, type State, type Turn } from "./model.js";
import { Thread } from "./thread.js";
import type { Attaching } from "./ui/attaching.js";

/** What the page may hear. */
export type News = "open" | "close" | "message" | "answer" | "identity" | "unread" | "ready" | "error";
export type Tell = (kind: News, ...news: unknown[]) => void;

/** How far a message on its way has come. */
export type OnWay = { key: "pending" } | { key: "queued" } | { key: "paced"; n: number };

const BOT_ANSWERS_MS = 60_000;
const SOMEONE_WRITES_MS = 6000;
const STOP_AGAIN_MS = 3000;

export class Conversation implements Ears {
  readonly memory = new Memory();
  readonly thread = new Thread();
  readonly line: Line;
  language = "en";
  connected = navigator.onLine;
  onWay: OnWay = { key: "pending" };
  /** Who writes: "bot", an agent's name, or nobody. */
  writing = "";
  stopping = false;
  unread = 0;
  /** What lets the customer attach files, where they may. */
  files: Attaching | null = null;
  /** The last turn that came while the panel was closed. */
  preview: Turn | null = null;
  watched = false;
  private writingEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(
    home: URL,
    private readonly changed: () => void,
    readonly tell: Tell,
  ) {
    this.line = new Line(home, this.memory, this);
  }

  begin(): void {
    this.showOutbox();
    this.memory.follow(() => {
      this.line.stopListening();
      this.clear();
      this.line.outbox.messages = this.memory.outbox();
      this.showOutbox();
      this.line.resume();
    });
    this.line.resume();
  }

  /** Whether an answer is in the making, which can be stopped. */
  get answering(): boolean {
    return this.writing === "bot" || this.thread.making !== undefined;
  }

  /** Whether a person is there or called. */
  get handedOver(): boolean {
    const { agent, status } = this.thread.state;
    return Boolean(agent) || status === "waiting";
  }

  /* -- what the customer does -- */

  say(text: string, path?: string): void {
    const said = text.trim().slice(0, LONGEST_TEXT);
    const files = path ? undefined : this.files?.take();
    if (said || files) this.send(uuid(), said, Date.now() / 1000, files, path);
  }

  private send(id: string, text: string, at: number, files?: Attachment[], path = files ? "api/files/messages" : "api/messages"): void {
    const message: Message = { id, text, path, language: this.language, at, files };
    this.onWay = { key: navigator.onLine ? "pending" : "queued" };
    this.thread.send(message);
    this.line.post(message);
    this.tell("message", text);
    this.changed();
  }

  askForPerson(): void {
    this.say(PERSON_COMMAND, "api/handoff");
  }

  /** Send a message again that was refused. */
  retry(id: string): void {
    const found = this.thread.find(id);
    if (!found) return;
    const { text, at, attachments } = found.turn;
    this.send(id, text, at, attachments, text === PERSON_COMMAND ? "api/handoff" : undefined);
  }

  /** What was asked last, once more. */
  askAgain(): void {
    const asked = this.thread.items.filter(({ turn }) => turn.role === "customer").at(-1);
    if (asked) this.say(asked.turn.text);
  }

  /** What is being answered is answered no more; what was said of it stays. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.changed();
    const taken = await this.line.visit.act("api/stop");
    // A stop that comes before the answer is begun has no effect: it may be said again.
    setTimeout(() => this.stopped(), taken ? STOP_AGAIN_MS : 0);
  }

  end(): Promise<boolean> {
    return this.line.visit.act("api/end");
  }

  restart(): void {
    // Who is known finds the conversation again wherever they are: it is ended instead.
    if (this.line.visit.identity) void this.end();
    else this.forget();
  }

  forget(): void {
    this.line.forget();
    this.clear();
  }

  /** True: whom this page knew has left. */
  identify(jwt: string): boolean {
    const before = subjectOf(this.line.visit.identity);
    if (this.line.identify(jwt)) this.clear();
    else if (!subjectOf(jwt)) this.changed();
    return Boolean(before && before !== subjectOf(jwt));
  }

  watch(watched: boolean): void {
    this.watched = watched;
    if (watched) this.read();
    this.memory.set({ open: watched });
    this.changed();
  }

  read(): void {
    this.preview = null;
    if (this.unread) this.tell("unread", 0);
    this.unread = 0;
    this.changed();
  }

  clear(): void {
    this.thread.clear();
    this.preview = null;
    this.unread = 0;
    this.quiet();
    this.changed();
  }

  /* -- what is heard -- */

  conversation(told: Told, anew: boolean): void {
    for (const turn of this.thread.hearConversation(told, anew)) this.count(turn);
    if (told.turns.at(-1)?.role !== "customer") this.quiet();
    this.changed();
  }

  event(kind: string, data: unknown): void {
    if (kind === "turn") this.hearTurn(data as Turn);
    else if (kind === "state" && this.thread.hearState(data as State)) this.quiet();
    else if (kind === "sentence") this.hearSentence(data as { turn: string; text: string });
    else if (kind === "withdrawn") this.withdraw((data as { turn: string }).turn);
    else if (kind === "typing") this.hearTyping((data as { who: string }).who);
    this.changed();
  }

  delivered({ id }: Message): void {
    this.thread.delivered(id);
    if (!this.handedOver && this.thread.unanswered(id)) this.hearTyping("bot");
    this.changed();
  }

  failed(message: Message, reason: string): void {
    this.thread.failed(message.id, reason);
    this.tell("error", reason);
    this.changed();
  }

  paced(n: number): void {
    this.onWay = { key: "paced", n };
    this.changed();
  }

  online(is: boolean): void {
    this.connected = is;
    if (!is) this.onWay = { key: "queued" };
    else if (this.onWay.key === "queued") this.onWay = { key: "pending" };
    this.changed();
  }

  over(): void {
    this.note("over");
  }

  unknown(): void {
    this.tell("identity");
  }

  note(key: string): void {
    this.thread.note(key);
    this.changed();
  }

  private showOutbox(): void {
    for (const message of this.line.outbox.messages) this.thread.send(message);
    this.changed();
  }

  private hearTurn(turn: Turn): void {
    const news = this.thread.hearTurn(turn);
    if (turn.role === "customer") return;
    this.quiet();
    if (!news) return;
    this.count(turn);
    this.tell("answer", turn.text);
  }

  private hearSentence({ turn, text }: { turn: string; text: string }): void {
    this.thread.hearSentence(turn, text, Date.now() / 1000);
  }

  private withdraw(turn: string): void {
    if (this.thread.withdraw(turn)) this.quiet();
  }

  private hearTyping(who: string): void {
    clearTimeout(this.writingEnds);
    this.writing = who;
    const ms = who === "bot" ? BOT_ANSWERS_MS : SOMEONE_WRITES_MS;
    this.writingEnds = setTimeout(() => {
      this.quiet();
      this.changed();
    }, ms);
  }

  /** Nobody writes. */
  private quiet(): void {
    clearTimeout(this.writingEnds);
    this.writing = "";
    this.stopping = false;
  }

  private stopped(): void {
    this.stopping = false;
    this.changed();
  }

  private count(turn: Turn): void {
    if (this.watched) return;
    this.unread += 1;
    this.preview = turn;
    this.tell("unread", this.unread);
  }
}
