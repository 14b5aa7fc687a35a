/** The chat itself, which the launcher fetches. */
import { type Call, obey } from "../../widget/page.js";
import { KefuChat } from "../../widget/ui/element.js";

if (!customElements.get("kefu-chat")) customElements.define("kefu-chat", KefuChat);

/** Brings the chat to life in `host`, the page's <kefu-chat>, and does what was said before; gives who obeys next. */
export function start(host: KefuChat | undefined, said: Call[]): (call: Call) => void {
  const now = (call: Call): void => {
    const chat = host ?? document.querySelector<KefuChat>("kefu-chat");
    if (chat) obey(chat, call);
  };
  said.forEach(now);
  return now;
}
