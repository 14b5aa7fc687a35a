// Files at the desk: what customers sent, as pictures and downloads, and what an agent attaches to a reply.

import { Refused, of } from "./api";
import { button, h, newId } from "./dom";
import { locale } from "./texts";
import type { Attachment } from "./types";

const WORDS = {
  en: { attach: "Attach a file", away: "Remove {name}", coming: "Sending…", failed: "Not sent: {name}", many: "A reply can carry 5 files." },
  zh: { attach: "添加文件", away: "移除 {name}", coming: "正在上传…", failed: "未能上传：{name}", many: "每条回复最多可带 5 个文件。" },
}[locale === "zh" ? "zh" : "en"];
/** What is shown as a picture: none of these can hold a script. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const LARGEST_PREVIEW = 5_000_000;
const MOST = 5;

const filled = (words: string, name: string) => words.replace("{name}", name);

function sizeOf(bytes: number): string {
  const [n, unit] = bytes < 1e6 ? [Math.max(1, Math.round(bytes / 1e3)), "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit: unit as string, maximumFractionDigits: 1 }).format(n as number);
}

/** A file that is kept here; null for one of another channel, which has no copy here. */
export function fileNode(conversation: string, file: Attachment): HTMLElement | null {
  if (!conversation.startsWith("web:") || !file.ref) return null;
  const address = `/desk/api/${of(conversation, `files/${encodeURIComponent(file.ref)}`)}`;
  const size = h("span", { class: "size" }, file.size ? sizeOf(file.size) : "");
  const node = h("a", { class: "file", href: address, download: file.name, dir: "auto" }, h("span", {}, file.name || file.kind), size);
  if (PICTURES.has(file.mime ?? "") && (file.size ?? 0) <= LARGEST_PREVIEW) void preview(node, address, file.mime!);
  return node;
}

async function preview(node: HTMLElement, address: string, type: string): Promise<void> {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return;
  const src = URL.createObjectURL(new Blob([await response.blob()], { type }));
  const picture: HTMLImageElement = h("img", { alt: "" });
  picture.onload = () => URL.revokeObjectURL(src);
  picture.onerror = () => picture.remove();
  picture.src = src;
  node.prepend(picture);
}

interface Sent {
  node: HTMLElement;
  id: string;
  name: string;
  ready: boolean;
}

/** What will be sent with the next reply. */
export class Attached {
  readonly tray = h("ul", { class: "attached", hidden: true });
  readonly button = button(WORDS.attach, () => this.picker.click(), { class: "quiet" });
  private readonly picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.chosen() });
  private conversation = "";
  private files: Sent[] = [];

  constructor(private readonly changed: () => void) {
    this.button.append(this.picker);
  }

  open(conversation: string): void {
    this.conversation = conversation;
    this.button.hidden = !conversation.startsWith("web:");
    this.files = [];
    this.draw();
  }

  /** The ids of what has arrived. */
  get ready(): string[] {
    return this.files.filter(({ ready }) => ready).map(({ id }) => id);
  }

  sent(ids: string[]): void {
    this.files = this.files.filter(({ id }) => !ids.includes(id));
    this.draw();
  }

  add(files: Iterable<File>): void {
    if (!this.conversation.startsWith("web:")) return;
    for (const file of files) void this.upload(file);
  }

  private chosen(): void {
    this.add([...(this.picker.files ?? [])]);
    this.picker.value = "";
  }

  private async upload(file: File): Promise<void> {
    const { conversation } = this;
    const told = h("span", { role: "status" }, this.files.length < MOST ? WORDS.coming : WORDS.many);
    const sent: Sent = { id: newId(), name: file.name, ready: false, node: h("li", {}, h("span", { dir: "auto" }, file.name), told) };
    sent.node.append(button("×", () => this.sent([sent.id]), { class: "quiet small", "aria-label": filled(WORDS.away, file.name) }));
    this.files.push(sent);
    this.draw();
    if (this.files.length > MOST) return;
    try {
      const kept = await put(conversation, sent.id, file);
      told.textContent = sizeOf(kept.size);
      sent.ready = true;
    } catch (error) {
      told.setAttribute("role", "alert");
      told.textContent = `${filled(WORDS.failed, "")}${(error as Error).message}`;
    }
    this.draw();
  }

  private draw(): void {
    this.tray.hidden = !this.files.length;
    this.tray.replaceChildren(...this.files.map(({ node }) => node));
    this.changed();
  }
}

async function put(conversation: string, id: string, file: File): Promise<{ size: number }> {
  const name = encodeURIComponent(file.name.slice(-200).replace(/\p{Cs}/gu, ""));
  const response = await fetch(`/desk/api/files?conversation=${encodeURIComponent(conversation)}&id=${id}`, {
    method: "POST",
    headers: { "X-Kefu": "1", "X-File-Name": name },
    body: file,
  });
  const told = (await response.json().catch(() => ({}))) as { size?: number; error?: string };
  if (!response.ok) throw new Refused(response.status, told.error ?? String(response.status));
  return { size: told.size ?? 0 };
}
