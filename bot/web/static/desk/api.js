// Talks to the desk's API. A session that is over leads to the login page.

export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

export async function call(method, path, body, signal) {
  const response = await fetch(`/desk/api/${path}`, {
    method,
    signal,
    headers: { "X-Kefu": "1", ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
    cache: "no-store",
  }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The server cannot be reached.");
  });
  if (response.status === 401 && path !== "login") location.assign("/desk/login");
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.error || `The server answered ${response.status}.`);
  return answer;
}

export const of = (conversation, act = "") => `conversations/${encodeURIComponent(conversation)}${act && `/${act}`}`;
