/** When people are there. */
import type { Visit } from "./visit.js";

/** When a team that is away is back, as milliseconds since 1970; null while it is there, and when nobody knows. */
export async function opening(visit: Visit): Promise<number | null> {
  const response = await visit.request("api/team").catch(() => null);
  if (!response?.ok) return null;
  const { opens } = (await response.json()) as { opens: string | null };
  return opens ? Date.parse(opens) : null;
}
