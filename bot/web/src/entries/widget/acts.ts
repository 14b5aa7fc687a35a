import type { Acting } from "../../widget/ui/acting.js";
import type { KefuChat } from "../../widget/ui/element.js";
import { Acts, type Html } from "../../widget/acts/acts.js";

/** Lets the customer of a chat act on what was said; `html` is the chat's own. */
export const start = (chat: KefuChat, html: Html): Acting => new Acts(chat, html);
