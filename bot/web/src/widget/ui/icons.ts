import { html, type TemplateResult } from "lit/html.js";

const PATHS = {
  chat: "M4 5.5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  restart: "M12 5v14M5 12h14",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  good: "M8 11l3.6-7.2c1.6 0 2.6 1.1 2.3 2.7L13.4 9h5.1a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H8zM8 11H4v8h4z",
  bad: "M16 13l-3.6 7.2c-1.6 0-2.6-1.1-2.3-2.7l.5-2.5H5.5a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6H16zM16 13h4V5h-4z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z",
} as const;

export type Icon = keyof typeof PATHS;

export const icon = (name: Icon, size = 22): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true"><path d=${PATHS[name]}></path></svg>`;
