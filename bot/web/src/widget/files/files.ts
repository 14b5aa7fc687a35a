/** What lets a customer attach files: a button, what is dropped and pasted, and a tray of what is on its way. */
import { fill } from "../locales.js";
import type { Attachment } from "../model.js";
import type { Attaching, Taken } from "../ui/attaching.js";
import type { KefuChat } from "../ui/element.js";
import { Downloads, sizeOf } from "./download.js";
import style from "./files.css";
import { drawn, node } from "./nodes.js";
import { type FileTexts, TEXTS } from "./texts.js";
import { Upload } from "./upload.js";

const MOST = 5;
const CLIP = "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.3 3.3 0 0 1 4.7 4.7l-8.6 8.6a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6";
const CROSS = "M6 6l12 12M18 6L6 18";
const AGAIN = "M20 12a8 8 0 1 1-2.6-5.9M20 4v4.5h-4.5";

export class Files implements Attaching {
  readonly button = node("button", { type: "button", class: "attach" }, drawn(CLIP, 20));
  readonly tray = node("div", { class: "files" });
  private readonly picker = node("input", { type: "file", multiple: "", hidden: "", tabindex: "-1" });
  private readonly list = node("ul", { role: "list" });
  private readonly told = node("p", { class: "unseen", role: "status" });
  private readonly problem = node("p", { class: "problem", role: "alert" });
  private readonly downloads: Downloads;
  private uploads: Upload[] = [];

  constructor(
    private readonly view: KefuChat,
    private readonly taken: Taken,
  ) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    view.root.adoptedStyleSheets.push(sheet);
    this.downloads = new Downloads(view.conversation.line.visit, () => ({ texts: this.texts, language: view.language }));
    this.picker.accept = taken.types.map((type) => `.${type}`).join() + (taken.types.includes("jpeg") ? ",.jpg" : "");
    this.picker.onchange = () => {
      this.add(this.picker.files);
      this.picker.value = "";
    };
    this.button.onclick = () => this.picker.click();
    this.tray.append(this.list, this.problem, this.told, this.picker);
    this.listen();
    this.draw();
  }

  get ready(): boolean {
    return this.uploads.some(({ stored }) => stored);
  }

  take(): Attachment[] | undefined {
    const files = this.uploads.flatMap(({ stored, file }) => {
      if (stored?.ref) this.downloads.remember(stored.ref, file);
      return stored ?? [];
    });
    this.uploads = this.uploads.filter(({ stored }) => !stored);
    this.problem.textContent = "";
    this.draw();
    return files.length ? files : undefined;
  }

  look(file: Attachment): Node {
    return this.downloads.look(file);
  }

  private get texts(): FileTexts {
    return TEXTS[this.view.language];
  }

  private listen(): void {
    const { root } = this.view;
    const dropping = (is: boolean): void => void this.view.toggleAttribute("dropping", is);
    const carries = (event: DragEvent): boolean => Boolean(event.dataTransfer?.types.includes("Files")) && this.button.isConnected;
    root.addEventListener("dragover", (given) => {
      if (!carries(given as DragEvent)) return;
      given.preventDefault();
      dropping(true);
    });
    root.addEventListener("dragleave", () => dropping(false));
    root.addEventListener("drop", (given) => {
      dropping(false);
      if (!carries(given as DragEvent)) return;
      given.preventDefault();
      this.add((given as DragEvent).dataTransfer!.files);
    });
    root.addEventListener("paste", (given) => {
      const files = (given as ClipboardEvent).clipboardData?.files;
      if (!files?.length || !this.button.isConnected) return;
      given.preventDefault();
      this.add(files);
    });
  }

  private add(files: FileList | null): void {
    const room = MOST - this.uploads.length;
    const given = [...(files ?? [])];
    this.problem.textContent = given.length > room ? this.texts.many : "";
    const { line } = this.view.conversation;
    for (const file of given.slice(0, room)) {
      const upload = new Upload(file, line.visit, () => line.resume(), () => this.draw());
      this.uploads.push(upload);
      if (!file.size) upload.refuse("empty");
      else if (file.size > this.taken.size) upload.refuse("too_large");
      else void upload.start();
    }
    this.draw();
    this.view.composer.focus();
  }

  private drop(upload: Upload): void {
    upload.cancel();
    this.uploads = this.uploads.filter((each) => each !== upload);
    this.problem.textContent = "";
    this.draw();
    this.view.composer.focus();
  }

  private draw(): void {
    this.button.ariaLabel = this.button.title = this.texts.attach;
    this.view.style.setProperty("--drop", JSON.stringify(this.texts.drop));
    const shown = new Map([...this.list.children].map((row) => [(row as HTMLElement).dataset.id, row as HTMLElement]));
    const rows = this.uploads.map((upload) => this.row(upload, shown.get(upload.id)));
    if (rows.some((row, i) => row !== this.list.children[i]) || rows.length !== this.list.children.length)
      this.list.replaceChildren(...rows);
    this.tray.hidden = !rows.length && !this.problem.textContent;
    this.view.requestUpdate();
  }

  /** A row changes only when its upload does: else a button would lose the focus at every step of the progress. */
  private row(upload: Upload, old?: HTMLElement): HTMLElement {
    const state = upload.stored ? "done" : upload.failed ? `failed ${upload.why}` : "sending";
    if (old?.dataset.state === state) {
      old.querySelector("progress")?.setAttribute("value", String(upload.progress));
      return old;
    }
    const name = upload.stored?.name ?? upload.file.name;
    const row = node("li", { "data-id": upload.id, "data-state": state }, node("span", { class: "file-name", dir: "auto" }, name));
    if (upload.failed) row.append(node("span", { class: "problem", role: "alert" }, this.sentence(upload)));
    else if (upload.stored) {
      row.append(node("span", { class: "file-size" }, sizeOf(upload.stored.size ?? 0, this.view.language)));
      this.told.textContent = fill(this.texts.ready, { name });
    } else row.append(node("progress", { max: "1", value: String(upload.progress), "aria-label": fill(this.texts.sending, { name }) }));
    if (upload.failed && upload.again) row.append(this.act(AGAIN, fill(this.texts.retry, { name }), () => void upload.start()));
    const away = upload.stored || upload.failed ? this.texts.remove : this.texts.cancel;
    row.append(this.act(CROSS, fill(away, { name }), () => this.drop(upload)));
    return row;
  }

  private act(path: string, label: string, act: () => void): HTMLElement {
    const button = node("button", { type: "button", class: "tool", "aria-label": label, title: label }, drawn(path, 16));
    button.onclick = act;
    return button;
  }

  private sentence({ why, reason }: Upload): string {
    const { language } = this.view;
    const known = this.texts[why as keyof FileTexts];
    return known ? fill(known, { size: sizeOf(this.taken.size, language), types: this.taken.types.join(", ") }) : reason;
  }
}
