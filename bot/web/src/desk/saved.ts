// Saved views: kept on the server, an agent's own and those that admins share. What an older desk kept in this browser
// is handed over once; where the server cannot be asked, or does not take it, it stays here.

import { Refused, call } from "./api";
import { remember, remembered } from "./dom";
import { type View, plainView } from "./views";

export interface Saved {
  name: string;
  view: View;
  shared: boolean;
}

export class SavedViews {
  private kept: Saved[] = [];
  private local = remembered<Record<string, View>>("views", {});

  constructor(private readonly changed: () => void) {
    void this.load();
  }

  /** All by name: an agent's own come before shared ones, and one of this browser before that of the server. */
  get all(): Saved[] {
    const here = Object.entries(this.local).map(([name, view]) => ({ name, view, shared: false }));
    const there = this.kept.filter(({ name, shared }) => shared || !(name in this.local));
    return [...here, ...there].sort((a, b) => Number(a.shared) - Number(b.shared) || a.name.localeCompare(b.name));
  }

  /** What the one at a place of `all` shows. */
  view(place: number): View | undefined {
    const found = this.all[place];
    return found && structuredClone({ ...plainView(), ...found.view });
  }

  /** Keep an agent's own: in this browser where the server cannot take it now. Throws Refused when there are too many. */
  async save(name: string, view: View): Promise<void> {
    const before = this.local[name];
    this.keepHere(name, view);
    try {
      await this.handOver(name, view);
    } catch (error) {
      if (error instanceof Refused && [409, 422].includes(error.status)) {
        this.keepHere(name, before);
        await this.load(); // there is something to remove
        throw error;
      }
    }
    await this.load();
  }

  /** Keep one for everybody: an admin's to do. Throws Refused. */
  async share(name: string, view: View): Promise<void> {
    await call("POST", "views", { name, view, shared: true });
    await this.load();
  }

  /** Forget one. Throws Refused. */
  async drop({ name, shared }: Saved): Promise<void> {
    if (this.kept.some((each) => each.name === name && each.shared === shared))
      await call("DELETE", `views/${encodeURIComponent(name)}${shared ? "?shared=true" : ""}`);
    if (!shared) this.keepHere(name);
    await this.load();
  }

  /** Look what there is now. */
  async load(): Promise<void> {
    try {
      for (const [name, view] of Object.entries(this.local)) await this.handOver(name, view).catch(() => {});
      this.kept = (await call<{ views: Saved[] }>("GET", "views")).views;
    } catch {
      // What is kept here is shown until the server answers.
    }
    this.changed();
  }

  private async handOver(name: string, view: View): Promise<void> {
    await call("POST", "views", { name, view });
    this.kept = [...this.kept.filter((each) => each.shared || each.name !== name), { name, view, shared: false }];
    this.keepHere(name);
  }

  private keepHere(name: string, view?: View): void {
    const { [name]: _, ...others } = this.local;
    this.local = view ? { ...others, [name]: structuredClone(view) } : others;
    remember("views", this.local);
  }
}
