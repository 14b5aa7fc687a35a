// Saved views: kept on the server, an agent's own and those that admins share. What an older desk kept in this browser
// is handed over once; where the server cannot be asked, or does not take it, it stays here.

import { call } from "./api";
import { remember, remembered } from "./dom";
import { type View, plainView } from "./views";

interface Saved {
  name: string;
  view: View;
  shared: boolean;
}

export class SavedViews {
  private saved: Saved[] = [];
  private local = remembered<Record<string, View>>("views", {});

  constructor(private readonly changed: () => void) {
    void this.load();
  }

  /** Each once: the agent's own hides a shared one of its name. */
  get names(): string[] {
    return [...new Set([...this.saved.map(({ name }) => name), ...Object.keys(this.local)])].sort();
  }

  get(name: string): View | undefined {
    // The agent's own stands before one that is shared.
    const kept = this.local[name] ?? this.saved.filter((each) => each.name === name).sort((a, b) => Number(a.shared) - Number(b.shared))[0]?.view;
    return kept && structuredClone({ ...plainView(), ...kept });
  }

  save(name: string, view: View): void {
    this.keepHere(name, view);
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      await this.handOver();
      this.saved = (await call<{ views: Saved[] }>("GET", "views")).views;
      this.changed();
    } catch {
      // What is kept here is shown until the server answers.
    }
  }

  private async handOver(): Promise<void> {
    for (const [name, view] of Object.entries(this.local)) {
      const done = await call("POST", "views", { name, view }).then(
        () => true,
        () => false, // a viewer's views stay in the browser
      );
      if (done) this.keepHere(name);
    }
  }

  private keepHere(name: string, view?: View): void {
    const { [name]: _, ...others } = this.local;
    this.local = view ? { ...others, [name]: structuredClone(view) } : others;
    remember("views", this.local);
  }
}
