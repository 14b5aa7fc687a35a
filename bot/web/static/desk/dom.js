// Builds nodes and words; text only ever becomes text.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function webLink(url, text) {
  try {
    const { href, protocol } = new URL(url);
    if (protocol === "https:" || protocol === "http:")
      return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  } catch {
    // No address: the text alone.
  }
  return document.createTextNode(text);
}

export const clock = (at) =>
  new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(at * 1000);

export function ago(at) {
  const minutes = Math.floor((Date.now() / 1000 - at) / 60);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }).format(at * 1000);
}

export const percent = (share) => `${Math.round(share * 100)} %`;

export const nameOf = (state) => state.name || `Visitor ${state.id.split(":").pop().slice(0, 4)}`;

/* A customer's button is stored as a command; people read what it means. */
export const said = (text) => (text === "/human" ? "Asked for a person" : text);

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
