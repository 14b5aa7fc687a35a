/** Server-sent events, read from text. Knows no connection. */

export interface Told {
  event?: string;
  data?: string;
  id?: string;
  retry?: string;
}

/** The fields of one event. */
export function fields(text: string): Told {
  return Object.fromEntries(
    text.split("\n").map((line) => (/^(\w*): ?(.*)$/s.exec(line)?.slice(1) as [string, string]) ?? ["", ""]),
  );
}

/** Whether an event's id comes after another: "milliseconds-number", too large for floating point together. */
export function later(id: string, than: string): boolean {
  const [a = 0, b = 0] = id.split("-").map(Number);
  const [c = 0, d = 0] = (than || "0-0").split("-").map(Number);
  return a > c || (a === c && b > d);
}
