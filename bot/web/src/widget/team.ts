/** When people are there, and which files they take. */
import type { Taken } from "./ui/attaching.js";
import type { Visit } from "./visit.js";

/** When a team that is away is back, as milliseconds since 1970: null while it is there, and when nobody knows. */
export async function team(visit: Visit): Promise<{ opens: number | null; files?: Taken | null }> {
  const response = await visit.request("api/team").catch(() => null);
  if (!response?.ok) return { opens: null };
  const { opens, files } = (await response.json()) as { opens: string | null; files?: Taken | null };
  return { opens: opens ? Date.parse(opens) : null, files: files ?? null };
}
