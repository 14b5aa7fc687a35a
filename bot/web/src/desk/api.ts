// Talks to the desk's API. A session that is over leads to the login page.

import { t } from "./texts";

export class Refused extends Error {
  constructor(
    readonly status: number,
    reason: string,
    /** What is asked for besides, such as the second factor's code. */
    readonly needs = "",
  ) {
    super(reason);
  }
}

async function ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(`/desk/api/${path}`, {
    method,
    signal: signal ?? null,
    headers: { "X-Kefu": "1", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
    cache: "no-store",
  }).catch((error: Error) => {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, t("unreachable"));
  });
  if (response.status === 401 && !["login", "session"].includes(path)) location.assign("/desk/login");
  if (!response.ok) {
    const told = (await response.json().catch(() => ({}))) as { error?: string; needs?: string };
    throw new Refused(response.status, told.error || t("answered_status", response.status), told.needs);
  }
  return response;
}

export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await ask(method, path, body, signal);
  return (response.status === 204 ? null : await response.json().catch(() => ({}))) as T;
}

/** Calls `heard` with each line of JSON as it comes. */
export async function lines<T>(path: string, body: unknown, signal: AbortSignal, heard: (line: T) => void) {
  const response = await ask("POST", path, body, signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const whole = (rest + (value ?? "")).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) if (line) heard(JSON.parse(line) as T);
    if (done) return;
  }
}

export const of = (conversation: string, act = "") =>
  `conversations/${encodeURIComponent(conversation)}${act && `/${act}`}`;
