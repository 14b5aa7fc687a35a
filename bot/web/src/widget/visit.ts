/** Requests in the name of the customer, and the token they need. */
import { saidIn, saysAnew, subjectOf } from "./identity.js";
import type { Memory } from "./memory.js";

/** The server will not let this customer in; the text says why. */
export class Unknown extends Error {}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Visit {
  /** What the site says of the customer; kept in this page alone. */
  identity = "";
  /** What an anonymous customer said of themselves. */
  contact: { name?: string; email?: string } | null = null;
  /** What is told with a message besides. */
  declare about: () => object;

  constructor(
    readonly home: URL,
    readonly memory: Memory,
    private readonly refused: () => void,
  ) {}

  get token(): string | undefined {
    return this.memory.kept.token;
  }

  /** There is a token, with the newest that the site said of the customer. */
  settled(): boolean {
    const { token, said } = this.memory.refresh();
    return Boolean(token && !(this.identity && saysAnew(this.identity, said)));
  }

  async request(path: string, options: RequestInit = {}, signal = AbortSignal.timeout(15_000)): Promise<Response> {
    const headers = new Headers(options.headers);
    if (options.body) headers.set("Content-Type", "application/json");
    if (this.token) headers.set("Authorization", `Bearer ${this.token}`);
    return fetch(new URL(path, this.home), { ...options, headers, signal, cache: "no-store", credentials: "omit" });
  }

  /** Acts that are not repeated: whether the server took it. */
  async act(path: string, body: object = {}): Promise<boolean> {
    try {
      return (await this.request(path, { method: "POST", body: JSON.stringify(body) })).ok;
    } catch {
      return false;
    }
  }

  /** One tab at a time, and none when another has begun; locks are absent on plain http. Throws a response that is
   * none of success, and Unknown. */
  begin(): Promise<void> {
    if (!navigator.locks) return this.fetchToken();
    return new Promise((begun, failed) => {
      const work = async (): Promise<void> => {
        await this.fetchToken().then(begun, failed);
        await pause(200); // until then other tabs may not see what this one wrote
      };
      navigator.locks.request("kefu-begin", work).catch(failed);
    });
  }

  private async fetchToken(): Promise<void> {
    if (this.settled()) return;
    const { identity } = this;
    const body = JSON.stringify(identity ? { identity } : (this.contact ?? {}));
    const response = await this.request("api/conversations", { method: "POST", body });
    if (!response.ok && response.status !== 401) throw response;
    const answer = (await response.json()) as { token: string; error?: string };
    if (!response.ok) {
      this.refused();
      throw new Unknown(answer.error ?? "");
    }
    if (identity !== this.identity) return this.fetchToken(); // someone else has come meanwhile
    const who = subjectOf(identity);
    if (!this.settled()) this.memory.set({ token: answer.token, ...(who && { who, said: saidIn(identity) }) });
  }
}
