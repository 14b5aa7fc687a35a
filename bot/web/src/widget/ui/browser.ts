/** What the browser does for the chat. */

const FOCUSABLE = ".panel :is(button, a[href], textarea, input, [tabindex]):not(:disabled)";

/** Where the panel fills the screen. */
export const smallScreen = (): boolean => matchMedia("(max-width: 480px)").matches;

/** Tab goes round in the panel while it covers the page. */
export function keepFocus(event: KeyboardEvent, root: HTMLElement | DocumentFragment): void {
  const all = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const [first, last] = [all[0], all.at(-1)];
  const at = (root as ShadowRoot).activeElement;
  if (!first || !last || at !== (event.shiftKey ? first : last)) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}

export function saveText(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** iOS does not shrink the page for its keyboard, but moves it: the panel follows what is really visible. */
export function followKeyboard(host: HTMLElement, moved: () => void): void {
  const view = window.visualViewport;
  if (!view) return;
  const follow = (): void => {
    host.style.setProperty("--kefu-height", `${view.height}px`);
    host.style.setProperty("--kefu-top", `${Math.max(0, view.offsetTop)}px`);
    moved();
  };
  for (const kind of ["resize", "scroll"]) view.addEventListener(kind, follow);
}
