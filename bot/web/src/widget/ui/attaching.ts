/** What the composer and the turns know of files: the rest is fetched when the server takes any. */
import type { Attachment } from "../model.js";

/** Which files the server takes: bytes of one at most, and their endings. */
export interface Taken {
  size: number;
  types: string[];
}

export interface Attaching {
  readonly button: Node;
  readonly tray: Node;
  /** Whether something is there to be sent. */
  readonly ready: boolean;
  /** What is sent now, and no longer in the tray; nothing when there is none. */
  take(): Attachment[] | undefined;
  look(file: Attachment): Node;
}
