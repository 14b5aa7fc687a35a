/** Who the site says the customer is. Checks no signature: the server alone can. */

function claimsOf(jwt: string): { sub?: unknown; iat?: unknown; [claim: string]: unknown } {
  try {
    const body = atob((jwt.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(body, (char) => char.charCodeAt(0));
    return Object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return {};
  }
}

/** The id by which the site knows a customer, read out of its JWT; nothing when there is none. */
export function subjectOf(jwt: string): string {
  const { sub } = claimsOf(jwt);
  return typeof sub === "string" ? sub : "";
}

/** When a JWT was made (Unix time), then what it says. */
export function saidIn(jwt: string): string {
  const { iat, exp, nbf, jti, ...said } = claimsOf(jwt);
  return `${iat} ${JSON.stringify(said)}`;
}

/** Whether a JWT says something else than one that `said` this, and is not the older one. */
export function saysAnew(jwt: string, said = ""): boolean {
  const now = saidIn(jwt);
  return now.replace(/\d+/, "") !== said.replace(/\d+/, "") && !(parseFloat(now) < parseFloat(said));
}

export function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
