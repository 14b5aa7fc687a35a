/** The launcher of the chat: <script async src="https://your-kefu/widget.js" data-kefu></script>
 *
 * Draws a button and takes what the page says to `window.kefu`. The chat itself is fetched when it is first wanted, and
 * at once where this browser has a conversation or the page has a <kefu-chat> of its own. Stores nothing. Every page of
 * the site loads this: it is written to be small.
 */
import style from "../widget/launcher.css";

type Call = [string, ...unknown[]];
type Kefu = Record<string, (...given: never[]) => void>;

const page = window as unknown as { kefu?: Kefu | Call[] };
const doc = document;
const { src, dataset } = doc.currentScript as HTMLScriptElement;

const mount = (): void => {
  const queue = page.kefu || [];
  if (!Array.isArray(queue)) return; // a page that runs its scripts again gets no second one
  const button = doc.createElement("button");
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
      act == "push" ? given.forEach((call) => obey(call)) : obey([act, ...given]),
  });

  if (host || dataset.kefu == null) load();
  else {
    const chat = (host = doc.createElement("kefu-chat"));
    const shadow = chat.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(button);
    const names = { zh: "打开聊天", es: "Abrir el chat", de: "Chat öffnen", fr: "Ouvrir le chat", ar: "فتح الدردشة" };
    const language = dataset.lang || doc.documentElement.lang || navigator.language;
    button.ariaLabel = names[language.slice(0, 2) as "zh"] || "Open the chat";
    button.onclick = () => obey(["open"]);
    for (const name in dataset) chat.setAttribute(name == "kefu" ? "floating" : name, dataset[name]!);
    chat.style.colorScheme = dataset.theme || "light dark";
    chat.style.setProperty("--kefu-accent", dataset.accent || "");
    // Pages that swap their body take the node along.
    const stay = (): unknown => chat.isConnected || doc.body.append(chat);
    new MutationObserver(stay).observe(doc, { childList: true, subtree: true });
    stay();
    queue.splice(0).forEach((call) => obey(call));
    try {
      if (/kefu\b/.test(Object.keys(localStorage) + "")) load();
    } catch {
      // Storage is blocked.
    }
  }
};

if (doc.readyState == "loading") addEventListener("DOMContentLoaded", mount);
else mount();
