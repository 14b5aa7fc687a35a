import { html, type TemplateResult } from "lit/html.js";

const PATHS = {
  chat: "M4 5.5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  restart: "M12 5v14M5 12h14",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
} as const;

export type Icon = keyof typeof PATHS;

export const icon = (name: Icon, size = 22): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true"><path d=${PATHS[name]}></path></svg>`;
