import type { Attaching, Taken } from "../../widget/ui/attaching.js";
import type { KefuChat } from "../../widget/ui/element.js";
import { Files } from "../../widget/files/files.js";

/** Lets the customer of a chat attach files. */
export const start = (chat: KefuChat, taken: Taken): Attaching => new Files(chat, taken);
