/** Files that came with a turn: shown as a picture or as a name, saved when they are wanted. Makes no markup of them. */
import { fill, type Language } from "../locales.js";
import type { Attachment } from "../model.js";
import type { Visit } from "../visit.js";
import { node } from "./nodes.js";
import type { FileTexts } from "./texts.js";

/** What is shown as a picture: none of these can hold a script. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const LARGEST_PREVIEW = 5_000_000;

export class Downloads {
  private readonly looks = new Map<string, HTMLElement>();
  private readonly sent = new Map<string, Blob>();

  constructor(
    private readonly visit: Visit,
    private readonly spoken: () => { texts: FileTexts; language: Language },
  ) {}

  /** What this page has sent need not be fetched. */
  remember(ref: string, blob: Blob): void {
    this.sent.set(ref, blob);
  }

  /** The same node each time, so that a picture is fetched once. */
  look(file: Attachment): HTMLElement {
    const key = file.ref ?? "";
    if (!this.looks.has(key)) this.looks.set(key, this.made(file));
    return this.looks.get(key)!;
  }

  private made(file: Attachment): HTMLElement {
    const { texts, language } = this.spoken();
    const name = file.name || file.kind;
    const label = fill(texts.download, { name });
    const place = node("span", { class: "file-name", dir: "auto" }, name);
    const button = node("button", { type: "button", class: "file-card", "aria-label": label, title: label }, place);
    if (file.size) button.append(node("span", { class: "file-size" }, sizeOf(file.size, language)));
    button.onclick = () => void this.save(file, button);
    if (PICTURES.has(file.mime ?? "") && (file.size ?? 0) <= LARGEST_PREVIEW) void this.preview(file, button);
    return button;
  }

  private async preview(file: Attachment, button: HTMLElement): Promise<void> {
    const blob = await this.fetched(file).catch(() => null);
    if (!blob) return;
    const picture = node("img", { alt: "", class: "file-picture" });
    picture.onload = () => URL.revokeObjectURL(picture.src);
    picture.onerror = () => picture.remove(); // the page's policy allows no blob:
    picture.src = URL.createObjectURL(new Blob([blob], { type: file.mime! }));
    button.prepend(picture);
  }

  private async save(file: Attachment, button: HTMLElement): Promise<void> {
    const blob = await this.fetched(file).catch(() => undefined);
    if (!blob) {
      const { texts } = this.spoken();
      button.querySelector(".file-size")?.remove();
      button.append(node("span", { class: "file-size", role: "status" }, blob === null ? texts.gone : texts.offline));
      return;
    }
    // Of no type: it is saved, and opened by nothing of this page.
    const href = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
    node("a", { href, download: file.name || file.kind }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }

  /** Null: it is not kept any more. */
  private async fetched(file: Attachment): Promise<Blob | null> {
    const known = this.sent.get(file.ref ?? "");
    if (known) return known;
    const response = await this.visit.request(`api/files/${encodeURIComponent(file.ref ?? "")}`, {}, AbortSignal.timeout(120_000));
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(String(response.status));
    return response.blob();
  }
}

export function sizeOf(bytes: number, language: string): string {
  const [n, unit] = bytes < 1e6 ? [Math.max(1, Math.round(bytes / 1e3)), "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(n as number);
}
