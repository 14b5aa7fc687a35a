/** The launcher of the chat: <script async src="https://your-kefu/widget.js" data-kefu></script>
 *
 * Draws a button and takes what the page says to `window.kefu`. The chat itself is fetched when it is first wanted, and
 * at once where this browser has a conversation or the page has a <kefu-chat> of its own. Stores nothing. Every page of
 * the site loads this: it is written to be small.
 */
type Call = [string, ...unknown[]];
type Kefu = Record<string, (...given: never[]) => void>;

const page = window as unknown as { kefu?: Kefu | Call[] };
const doc = document;
const { src, dataset } = doc.currentScript as HTMLScriptElement;

const mount = (): void => {
  const queue = (page.kefu || []) as Call[];
  if ((queue as unknown as Kefu)["a"]) return; // a page that runs its scripts again gets no second one
  // Set by script, which every policy for styles allows.
  const made = (name: string, style: string): HTMLElement => {
    const element = doc.createElement(name);
    element.style = style;
    return element;
  };
  const button = made(
    "button",
    "width:56px;height:56px;display:block;border:0;border-radius:50%;cursor:pointer;" +
      "background:var(--kefu-accent,light-dark(#0b6b5b,#5cc8b0));color:var(--kefu-on-accent,light-dark(#fff,#021))",
  );
  let tries = "";
  let loading: unknown;
  let host = doc.querySelector("kefu-chat");

  const load = (): unknown =>
    (loading ||= import(src.replace(".js", "/main.js") + tries).then(
      (chat) => (obey = chat.start(host, queue)),
      () => {
        loading = 0;
        tries += "?"; // a browser remembers what failed
        button.textContent = "!";
      },
    ));
  let obey = (call: Call): void => {
    queue.push(call);
    if (/^(op|to|sen|pr|i)/.test(call[0])) load();
  };
  page.kefu = new Proxy({} as Kefu, {
    get: (_, act: string) => (...given: never[]) =>
      act == "push" ? given.forEach(obey as () => void) : obey([act, ...given]),
  });

  if (host || dataset.kefu == null) load();
  else {
    const { theme, accent = "", position, lang } = dataset;
    const chat = (host = made(
      "kefu-chat",
      `position:fixed;z-index:1999999999;bottom:var(--kefu-y,20px);${position || "inset-inline-end"}:var(--kefu-x,20px);` +
        `color-scheme:${theme! > "b" ? theme : "light dark"}` + // "dark" and "light", not "auto" or none
        (accent && ";--kefu-accent:" + accent),
    ));
    button.append(made("i", "display:block;margin:0 8px;height:22px;border-radius:8px 8px 8px 0;background:currentColor"));
    chat.attachShadow({ mode: "open" }).append(button);
    const names = { zh: "打开聊天", es: "Abrir el chat", de: "Chat öffnen", fr: "Ouvrir le chat", ar: "فتح الدردشة" };
    const language = lang || doc.documentElement.lang || navigator.language;
    button.ariaLabel = names[language.slice(0, 2) as "zh"] || "Open the chat";
    button.onclick = () => obey(["open"]);
    for (const name in dataset) chat.setAttribute(name == "kefu" ? "floating" : name, dataset[name]!);
    // Pages that swap their body take the node along.
    const stay = (): unknown => chat.isConnected || doc.body.append(chat);
    new MutationObserver(stay).observe(doc, { childList: true, subtree: true });
    stay();
    queue.splice(0).forEach(obey as () => void);
    try {
      if (localStorage.kefu) load();
    } catch {
      // Storage is blocked.
    }
  }
};

// Of "complete", "interactive" and "loading" the last alone.
if (doc.readyState > "l") addEventListener("DOMContentLoaded", mount);
else mount();
