/** One file on its way to the server: how far it has come, and why it does not arrive. Knows no page. */
import { uuid } from "../identity.js";
import type { Attachment } from "../model.js";
import type { Visit } from "../visit.js";

const LONGEST_NAME = 200;
const LATER_MS = 5000;

export class Upload {
  readonly id = uuid();
  /** From 0 to 1. */
  progress = 0;
  /** What the server made of it. */
  stored: Attachment | null = null;
  /** Why it was refused, in a word, and the server's sentence. */
  why = "";
  reason = "";
  private request: XMLHttpRequest | null = null;
  private tries = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private cancelled = false;

  constructor(
    readonly file: File,
    private readonly visit: Visit,
    private readonly began: () => void,
    private readonly changed: () => void,
  ) {}

  get failed(): boolean {
    return Boolean(this.why);
  }

  /** Whether it may arrive when it is sent once more as it is. */
  get again(): boolean {
    return ["offline", "busy", "full"].includes(this.why);
  }

  refuse(why: string, reason = ""): void {
    this.why = why;
    this.reason = reason;
    this.changed();
  }

  async start(): Promise<void> {
    this.why = this.reason = "";
    this.progress = 0;
    this.changed();
    try {
      if (!this.visit.token) {
        await this.visit.begin();
        this.began();
      }
    } catch (error) {
      return this.refuse("offline", (error as Error).message);
    }
    if (!this.cancelled) this.send();
  }

  cancel(): void {
    this.cancelled = true;
    clearTimeout(this.later);
    this.request?.abort();
  }

  private send(): void {
    const request = (this.request = new XMLHttpRequest()); // fetch tells no progress
    request.open("POST", new URL(`api/files?id=${this.id}`, this.visit.home));
    request.setRequestHeader("Authorization", `Bearer ${this.visit.token}`);
    request.setRequestHeader("X-File-Name", encodeURIComponent(this.file.name.slice(-LONGEST_NAME).replace(/\p{Cs}/gu, "")));
    request.upload.onprogress = ({ loaded, total }) => {
      this.progress = loaded / (total || 1);
      this.changed();
    };
    request.onload = () => this.answered(request);
    request.onerror = request.ontimeout = () => this.refuse("offline");
    request.send(this.file);
  }

  private answered(request: XMLHttpRequest): void {
    const told = answerOf(request.responseText);
    if (request.status === 201) {
      const { file: ref, name = "", mime = "", size = 0 } = told;
      this.stored = { kind: mime.startsWith("image/") ? "photo" : "document", ref, name, mime, size };
      this.changed();
    } else if (request.status === 401 && !this.tries++) {
      this.visit.memory.set({ token: undefined });
      void this.start();
    } else if (request.status === 429) {
      this.later = setTimeout(() => this.send(), (Number(request.getResponseHeader("Retry-After")) || 0) * 1000 || LATER_MS);
    } else this.refuse(told.why || (request.status >= 500 ? "offline" : "damaged"), told.error);
  }
}

interface Told {
  file?: string;
  name?: string;
  mime?: string;
  size?: number;
  why?: string;
  error?: string;
}

function answerOf(text: string): Told {
  try {
    return JSON.parse(text) as Told;
  } catch {
    return {}; // a proxy's page
  }
}
