/** What the turns, the log and the menu know of acts: the rest is fetched when a conversation has begun. */
import type { Turn } from "../model.js";

export interface Acting {
  /** What can be done with an answer. */
  answer(turn: Turn): unknown;
  /** How the whole conversation was. */
  score(): unknown;
  /** Saves the conversation as a text. */
  save(): void;
}
