/** What a reader does with answers: copies, rates, says why. Knows no element. */
import type { Conversation } from "../conversation.js";

const COPIED_MS = 2000;

export class Marks {
  copied = "";
  /** The answer, or "score", whose reader may say why. */
  complaining = "";
  score = 0;
  readonly ratings = new Map<string, boolean>();

  constructor(
    private readonly conversation: Conversation,
    private readonly changed: () => void,
  ) {}

  async copy(turn: string, text: string): Promise<void> {
    await navigator.clipboard.writeText(text).catch(() => {});
    this.copied = turn;
    this.changed();
    setTimeout(() => {
      this.copied = "";
      this.changed();
    }, COPIED_MS);
  }

  async rate(turn: string, good: boolean): Promise<void> {
    const before = this.ratings.get(turn);
    this.ratings.set(turn, good);
    this.complaining = good ? "" : turn;
    this.changed();
    if (await this.conversation.line.visit.act("api/feedback", { turn, good })) return;
    if (before === undefined) this.ratings.delete(turn);
    else this.ratings.set(turn, before);
    this.complaining = "";
    this.conversation.note("unrated");
  }

  complain(turn: string, comment: string): void {
    this.complaining = "";
    this.changed();
    if (comment) void this.report("api/feedback", { turn, good: false, comment });
  }

  judge(score: number, comment = ""): void {
    this.score = score;
    this.complaining = comment ? "" : "score";
    this.changed();
    void this.report("api/score", { score, ...(comment && { comment }) });
  }

  private async report(path: string, body: object): Promise<void> {
    if (!(await this.conversation.line.visit.act(path, body))) this.conversation.note("unrated");
  }
}
