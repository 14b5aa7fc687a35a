/* Kefu's chat widget: <script async src="https://your-kefu/widget.js" data-kefu></script>
 *
 * Attributes of the script tag, all optional: data-lang ("en", "zh"; else the page's language), data-theme ("light",
 * "dark"; else the system's), data-title (the panel's heading), data-accent (a CSS colour).
 * The page may speak to it, also before it is here: (window.kefu ??= []).push(["open"]), and "close", "toggle",
 * ["send", text], ["prefill", text], ["identify", a JWT of the site's server, or null when the customer logs out],
 * ["on", "open" | "close" | "message" | "answer" | "identity", callback]; "identity": a fresh JWT is wanted.
 * Storage: in localStorage, written with the first message or identity and never before, "kefu": {token: the
 * conversation's secret, open: is the panel open, who: the id by which the site knows the customer}, and "kefu:ID" for
 * each message that is not delivered yet.
 * Texts become text nodes, and links http or https only: nothing that is said can become markup.
 */
(() => {
  "use strict";

  const script = document.currentScript;
  const home = new URL(".", script?.src || location.href);
  const KEY = "kefu";
  const LONGEST_TEXT = 4000;
  const PERSON_COMMAND = "/human";
  const SILENCE_MS = 30_000; // three missed pings: the connection is dead, whatever the browser believes
  const ATTEMPTS = 6;
  const PATIENT_TRIES = 12;
  const HIDDEN_MS = 60_000; // a tab nobody looks at gives its connection back: browsers share few among tabs

  const TEXTS = {
    en: {
      title: "Chat with us",
      open: "Open the chat",
      close: "Close the chat",
      restart: "New conversation",
      greeting:
        "Hello! Ask me anything about our service. I answer from our help pages and show where it is written; a colleague is one tap away.",
      bot: "Assistant",
      botStatus: "Answers at once",
      team: "{name} · our team",
      waiting: "A colleague will be with you soon",
      person: "Talk to a person",
      called: "A colleague has been called",
      with: "You are talking to {name}",
      write: "Write a message",
      placeholder: "Write a message…",
      send: "Send",
      log: "Messages",
      typing: "{name} is writing…",
      source: "Source {n}: {title}",
      read: "Read more",
      near: "These may help:",
      you: "You",
      offline: "No connection. Your messages are kept and sent as soon as it is back.",
      pending: "Sending…",
      queued: "Waiting for the connection",
      paced: "Many messages at once: goes on in {n} s",
      failed: "Not sent.",
      retry: "Try again",
      over: "This conversation is over. Your next message begins a new one.",
      sure: "Begin a new conversation? This one will no longer be shown here.",
      yes: "Begin new",
      no: "Keep this one",
      taken_over: "{name} has joined",
      handed_back: "The assistant answers again",
      handed_over: "A colleague has been called",
      resolved: "This conversation is closed. Write again whenever you like.",
      reopened: "This conversation goes on",
      stopped: "Stopped",
      stop: "Stop",
      good: "Helpful",
      bad: "Not helpful",
      unrated: "Your rating could not be sent",
      unread: "{n} new messages",
    },
    zh: {
      title: "在线客服",
      open: "打开聊天",
      close: "关闭聊天",
      restart: "新的对话",
      greeting: "您好！请问有什么可以帮您？我根据帮助文档回答并注明出处，您也可以随时联系人工客服。",
      bot: "智能助手",
      botStatus: "智能助手 · 即时回答",
      team: "{name} · 人工客服",
      waiting: "客服人员即将为您服务",
      person: "联系人工客服",
      called: "已为您呼叫人工客服",
      with: "{name} 正在为您服务",
      write: "输入消息",
      placeholder: "请输入消息…",
      send: "发送",
      log: "消息",
      typing: "{name} 正在输入…",
      source: "出处 {n}：{title}",
      read: "查看原文",
      near: "以下内容可能有帮助：",
      you: "您",
      offline: "网络已断开。消息已保存，恢复连接后会自动发送。",
      pending: "发送中…",
      queued: "等待网络连接",
      paced: "消息较多，{n} 秒后继续发送",
      failed: "未发送。",
      retry: "重试",
      over: "本次对话已结束。发送消息即可开始新的对话。",
      sure: "要开始新的对话吗？当前对话将不再显示。",
      yes: "开始新对话",
      no: "保留",
      taken_over: "{name} 已加入对话",
      handed_back: "现在由智能助手回答",
      handed_over: "已为您呼叫人工客服",
      resolved: "本次对话已结束，您可以随时继续提问。",
      reopened: "对话继续进行",
      stopped: "已停止",
      stop: "停止",
      good: "有帮助",
      bad: "没有帮助",
      unrated: "评价未能发送",
      unread: "{n} 条新消息",
    },
  };

  const DARK = `--ground:#16191d;--raised:#22272d;--ink:#eceff2;--soft:#a3adb8;--line:#323940;--accent:#5cc8b0;--on-accent:#08201b;--mine:#14594b;--on-mine:#eafaf6;--tint:#17332d;--warn:#3a2f16;--on-warn:#f4d58d;--bad:#ff9a8f;--shadow:0 12px 40px rgb(0 0 0/.55)`;
  const STYLE = `
:host{--ground:#fff;--raised:#f1f3f5;--ink:#1b2026;--soft:#5b6670;--line:#dfe3e8;--accent:#0b6b5b;--on-accent:#fff;--mine:var(--accent);--on-mine:var(--on-accent);--tint:#e3f1ee;--warn:#fff4d6;--on-warn:#5f4300;--bad:#b3261e;--shadow:0 12px 40px rgb(16 24 32/.22);
 all:initial;position:fixed;inset-block-end:20px;inset-inline-end:20px;z-index:2147483000;color-scheme:light dark;
 font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:var(--ink)}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){${DARK}}}
:host([theme=dark]){${DARK}}
*,*::before{box-sizing:border-box}
[hidden]{display:none!important}
button,textarea{font:inherit;color:inherit}
button{cursor:pointer;border:0;background:none;padding:0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
svg{display:block;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launcher{display:grid;place-items:center;width:56px;height:56px;border-radius:50%;background:var(--accent);color:var(--on-accent);box-shadow:var(--shadow);transition:transform .15s}
.launcher:hover{transform:translateY(-2px)}
.launcher:focus-visible{outline-offset:3px}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:20px;padding:0 5px;border-radius:10px;background:#c8372d;color:#fff;font-size:12px;line-height:20px;font-weight:600;text-align:center}
.panel{container-type:size;display:flex;flex-direction:column;width:384px;height:min(640px,calc(100dvh - 40px));background:var(--ground);border:1px solid var(--line);border-radius:16px;box-shadow:var(--shadow);overflow:hidden;animation:rise .18s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
.top{display:flex;align-items:center;gap:10px;padding:14px 10px 14px 16px;border-block-end:1px solid var(--line)}
.face{display:grid;place-items:center;flex:none;width:36px;height:36px;border-radius:50%;background:var(--accent);color:var(--on-accent);font-weight:600}
.who{flex:1;min-width:0}
.who>*{margin:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
h2{font-size:15px;line-height:1.3;font-weight:600}
.status{font-size:13px;line-height:1.3;color:var(--soft);white-space:normal}
.tool{display:grid;place-items:center;flex:none;width:40px;height:40px;border-radius:10px;color:var(--soft)}
.tool:hover{background:var(--raised);color:var(--ink)}
.banner{padding:8px 16px;font-size:13px;background:var(--warn);color:var(--on-warn)}
.banner button{margin-inline-end:14px;padding:4px 0;font-weight:600;text-decoration:underline}
.scroll{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:16px}
.log{display:flex;flex-direction:column;gap:10px}
.turn{max-width:86%;align-self:flex-start}
.turn.again{margin-block-start:-4px}
.turn.again .name{display:none}
.turn.customer{align-self:flex-end}
.name{margin:0 0 3px;font-size:12px;color:var(--soft)}
.name b{font-weight:600;color:var(--ink)}
.words{padding:9px 13px;border-radius:14px;background:var(--raised);overflow-wrap:anywhere;white-space:pre-wrap;unicode-bidi:plaintext}
.agent .words{background:var(--tint)}
.customer .words{background:var(--mine);color:var(--on-mine)}
.pending .words,.failed .words{opacity:.72}
.words a,.card a{color:var(--accent);text-underline-offset:2px;unicode-bidi:isolate;direction:ltr}
.articles{display:grid;gap:6px;margin:8px 0;padding:0;list-style:none;white-space:normal}
.articles button{display:block;width:100%;min-height:40px;padding:7px 12px;border:1px solid var(--line);border-radius:10px;background:var(--ground);color:var(--accent);font-weight:600;line-height:1.4;text-align:start;user-select:text}
.articles button:hover{border-color:var(--accent)}
.articles a{display:inline-block;padding:3px 2px;font-size:13px}
.customer .words a{color:inherit}
.note{margin:3px 2px 0;font-size:12px;color:var(--soft);text-align:end}
.failed .note{color:var(--bad)}
.note button{margin-inline-start:6px;padding:4px 0;font-weight:600;text-decoration:underline}
.chip{position:relative;min-width:20px;height:20px;margin-inline-start:4px;padding:0 5px;border-radius:6px;background:var(--ground);border:1px solid var(--line);color:var(--accent);font-size:12px;line-height:18px;font-weight:600;vertical-align:1px}
.chip::after{content:"";position:absolute;inset:-6px}
.chip:hover,.chip[aria-expanded=true]{border-color:var(--accent)}
.near{margin:8px 0 0;font-size:13px;color:var(--soft)}
.near+.articles{margin-block-end:0}
.card{display:flex;gap:8px;margin-block-start:6px;padding:8px 12px;border:1px solid var(--line);border-radius:10px;font-size:13px}
.card .n{flex:none;color:var(--soft);font-weight:600}
.card a{display:inline-block;padding:2px 0}
.event{align-self:center;margin:0;max-width:100%;padding:2px 0;font-size:12px;color:var(--soft);text-align:center}
.typing{display:flex;align-items:center;gap:8px;margin-block-start:10px;font-size:12px;color:var(--soft)}
.dots{display:inline-flex;gap:4px;padding:11px 13px;border-radius:14px;background:var(--raised)}
.dots i{width:6px;height:6px;border-radius:50%;background:var(--soft);animation:blink 1.2s infinite}
.dots i:nth-child(2){animation-delay:.2s}.dots i:nth-child(3){animation-delay:.4s}
@keyframes blink{0%,60%,100%{opacity:.35}30%{opacity:1}}
.stop{display:inline-flex;align-items:center;gap:6px;min-height:32px;margin-inline-start:auto;padding:0 12px;border:1px solid var(--line);border-radius:16px;background:var(--ground);color:var(--ink);font-size:13px}
.stop:hover:enabled{border-color:var(--bad);color:var(--bad)}
.stop:disabled{color:var(--soft);cursor:default}
.rating{display:flex;gap:4px;margin-block-start:2px}
.rating button{display:grid;place-items:center;min-width:32px;min-height:28px;border-radius:8px;opacity:.65}
.rating button:hover,.rating button[aria-pressed=true]{background:var(--tint);opacity:1}
.rating button[aria-pressed=true]{box-shadow:inset 0 0 0 1px var(--accent)}
.person{display:flex;align-items:center;padding:8px 16px}
.person button:not(.stop){display:inline-flex;align-items:center;gap:7px;min-height:32px;padding:0 12px;border:1px solid var(--line);border-radius:16px;font-size:13px;color:var(--ink)}
.person button:not(.stop):hover:enabled{border-color:var(--accent);color:var(--accent)}
.person button:not(.stop):disabled{cursor:default;color:var(--soft);border-style:dashed}
form{display:flex;align-items:flex-end;gap:8px;margin:0;padding:10px 12px;padding-block-start:0;padding-block-end:max(12px,env(safe-area-inset-bottom))}
textarea{flex:1;min-width:0;max-height:132px;min-height:42px;padding:8px 12px;border:1px solid var(--line);border-radius:12px;background:none;font-size:16px;line-height:24px;resize:none}
textarea:focus-visible{border-color:var(--accent);outline:0;box-shadow:0 0 0 1px var(--accent)}
textarea::placeholder{color:var(--soft);opacity:1}
.send{display:grid;place-items:center;flex:none;width:42px;height:42px;border-radius:12px;background:var(--accent);color:var(--on-accent)}
.send:disabled{background:var(--raised);color:var(--soft);cursor:default}
@media(max-width:480px){:host([open]){inset:0}.panel{position:fixed;inset:0;inset-block-start:var(--top,0);width:auto;height:var(--height,100dvh);border:0;border-radius:0}.top{padding-block-start:max(14px,env(safe-area-inset-top))}}
@container(max-height:400px){.top{padding-block:6px}.face{width:28px;height:28px}.scroll{padding-block:8px}.person{padding-block:4px}form{padding-block-end:6px}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media print{:host{display:none}}`;

  const ICONS = {
    chat: "M4 5.5h16v11H9l-5 4z",
    close: "M6 6l12 12M18 6L6 18",
    restart: "M12 5v14M5 12h14",
    send: "M12 19V5M6 11l6-6 6 6",
    stop: "M7 7h10v10H7z",
    good: "M8 11l3.6-7.2c1.6 0 2.6 1.1 2.3 2.7L13.4 9h5.1a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H8zM8 11H4v8h4z",
    bad: "M16 13l-3.6 7.2c-1.6 0-2.6-1.1-2.3-2.7l.5-2.5H5.5a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6H16zM16 13h4V5h-4z",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
  };

  /* ---- small tools ---- */

  function h(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (typeof value === "boolean") node.toggleAttribute(name, value);
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function icon(name, size = 22) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [key, value] of Object.entries({
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      "aria-hidden": "true",
    }))
      svg.setAttribute(key, value);
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    );
  }

  function webAddress(text) {
    try {
      const url = new URL(text);
      return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
    } catch {
      return null;
    }
  }

  const link = (href, text) => h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);

  function withLinks(text) {
    return text
      .split(/(https?:\/\/[^\s<>"'，。；！？（）【】\p{Cf}]*[^\s<>"'，。；！？（）【】\p{Cf}.,;:!?)\]])/u)
      .map((part, i) => {
        const href = i % 2 ? webAddress(part) : null;
        return href ? link(href, part) : part;
      });
  }

  /* ---- what the browser remembers ---- */

  class Memory {
    constructor() {
      this.kept = {};
      this.refresh();
    }
    /* What is kept now; other tabs write as well. */
    refresh() {
      if (this.alone) return this.kept;
      const { token, open, who } = Object(this.read(KEY) ?? { open: this.kept.open });
      this.kept = {
        ...(typeof token === "string" && { token, ...(typeof who === "string" && { who }) }),
        open: Boolean(open),
      };
      return this.kept;
    }
    /* Another tab began or left a conversation: this one follows. */
    follow(moved) {
      addEventListener("storage", ({ key }) => {
        if (key !== KEY && key !== null) return;
        const { token } = this.kept;
        if (this.refresh().token !== token) moved();
      });
    }
    get(name) {
      return this.kept[name];
    }
    set(values) {
      Object.assign(this.refresh(), values);
      this.alone = !this.write(KEY, this.kept.token ? this.kept : null);
    }
    clear() {
      this.set({ token: undefined, who: undefined });
      for (const message of this.outbox()) this.drop(message);
    }
    /* Messages that are not delivered yet, the oldest first. */
    outbox() {
      return this.keys()
        .filter((key) => key.startsWith(`${KEY}:`))
        .map((key) => this.read(key))
        .filter((message) => typeof message?.text === "string")
        .sort((a, b) => a.at - b.at);
    }
    keep(message) {
      this.write(`${KEY}:${message.id}`, message);
    }
    drop({ id }) {
      this.write(`${KEY}:${id}`, null);
    }
    keys() {
      try {
        return Object.keys(localStorage);
      } catch {
        return []; // storage is blocked: this page alone remembers
      }
    }
    read(key) {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null; // blocked, or damaged
      }
    }
    write(key, value) {
      try {
        if (value) localStorage.setItem(key, JSON.stringify(value));
        else localStorage.removeItem(key);
        return true;
      } catch {
        return false; // full or blocked: what is there is not what was said last
      }
    }
  }

  /* ---- the line to the server: sends each message once, hears each event once ---- */

  class Line {
    constructor(memory, heard) {
      this.memory = memory;
      this.heard = heard; // {event, conversation, delivered, failed, paced, online, over, unknown}
      this.identity = ""; // what the site says of the customer; kept in this page alone
      this.outbox = memory.outbox();
      this.mark = "";
      this.retry = 0; // what the server said about coming back
      this.wake = () => {};
      this.lastHeard = 0;
      addEventListener("online", () => {
        if (!this.listening) heard.online(true);
        this.hurry();
      });
      addEventListener("offline", () => heard.online(false));
      addEventListener("pageshow", () => this.hurry(SILENCE_MS / 2));
      document.addEventListener("visibilitychange", () => {
        clearTimeout(this.nap);
        if (document.hidden) this.nap = setTimeout(() => this.rest(), HIDDEN_MS);
        else if (this.token && !this.listening) this.listen();
        else this.hurry(SILENCE_MS / 2);
      });
    }

    get token() {
      return this.memory.get("token");
    }

    resume() {
      if (this.token) this.listen();
      if (this.outbox.length) this.flush();
    }

    post(message) {
      this.outbox.push({ ...message, attempts: 0 });
      this.memory.keep(message);
      this.flush();
    }

    /* From here the customer is who `jwt` says, or nobody in particular. True: someone else than before. */
    identify(jwt) {
      const who = subjectOf(jwt);
      const { token, who: before } = this.memory.refresh();
      this.identity = who ? jwt : "";
      const moved = who ? who !== before : Boolean(before);
      if (moved) this.forget();
      if (who && (moved || !token)) this.begin().catch(() => {});
      return moved;
    }

    forget() {
      this.outbox = [];
      this.memory.clear();
      this.stopListening();
    }

    stopListening() {
      this.rest();
      this.mark = "";
    }

    /* Hang up, and go on from here when listening again. */
    rest() {
      this.listening?.abort();
      this.listening = null;
    }

    /* Back from sleep or offline: do not wait for a timer that slept too. */
    hurry(silence = 0) {
      if (Date.now() - this.lastHeard >= silence) this.reading?.abort();
      this.wake();
      this.flush();
    }

    /* Acts that are not repeated: whether the server took it. */
    async act(path, body = {}) {
      try {
        return (await this.request(path, { method: "POST", body: JSON.stringify(body) })).ok;
      } catch {
        return false;
      }
    }

    async request(path, options = {}, signal = AbortSignal.timeout(15_000)) {
      const headers = { ...(options.body && { "Content-Type": "application/json" }), ...options.headers };
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      return fetch(new URL(path, home), { ...options, headers, signal, cache: "no-store", credentials: "omit" });
    }

    async begin() {
      // One tab at a time, and none when another has begun; locks are absent on plain http.
      if (navigator.locks) await this.fetchTokenAlone();
      else await this.fetchToken();
      this.stopListening();
      this.listen();
    }

    fetchTokenAlone() {
      return new Promise((begun, failed) => {
        const work = async () => {
          await this.fetchToken().then(begun, failed);
          await pause(200); // until then other tabs may not see what this one wrote
        };
        navigator.locks.request("kefu-begin", work).catch(failed);
      });
    }

    async fetchToken() {
      if (this.memory.refresh().token) return;
      const { identity } = this;
      const body = JSON.stringify(identity ? { identity } : {});
      const response = await this.request("api/conversations", { method: "POST", body });
      const answer = await response.json();
      if (response.status === 401) {
        this.heard.unknown();
        throw Object.assign(new Error("unknown"), { reason: answer.error });
      }
      if (!response.ok) throw new Error(response.status);
      if (identity !== this.identity) return this.fetchToken(); // someone else has come meanwhile
      const who = subjectOf(identity);
      if (!this.memory.refresh().token) this.memory.set({ token: answer.token, ...(who && { who }) });
    }

    async flush() {
      if (this.flushing) return;
      this.flushing = true;
      clearTimeout(this.later);
      try {
        while (this.outbox.length) {
          const message = this.outbox[0];
          const verdict = await this.deliver(message);
          if (this.outbox[0] !== message) continue; // a new conversation was begun meanwhile
          if (verdict.wait) {
            this.later = setTimeout(() => this.flush(), verdict.wait * 1000);
            this.heard.paced(verdict.wait);
            break;
          }
          if (verdict.again && (message.attempts < ATTEMPTS || !navigator.onLine)) {
            this.later = setTimeout(() => this.flush(), Math.min(15_000, 1000 * 2 ** message.attempts));
            if (navigator.onLine) message.attempts += 1;
            break;
          }
          this.outbox.shift();
          this.memory.drop(message);
          if (verdict.sent) this.heard.delivered(message);
          else this.heard.failed(message, verdict.reason || "");
        }
      } finally {
        this.flushing = false;
      }
    }

    async deliver({ id, text, language, path }) {
      try {
        if (!this.token) await this.begin();
        const response = await this.request(path, { method: "POST", body: JSON.stringify({ id, text, language }) });
        if (response.ok) return { sent: true };
        if (response.status === 401) {
          this.memory.set({ token: undefined });
          return { again: true };
        }
        const wait = Number(response.headers.get("Retry-After")) || 15;
        if (response.status === 429) return { wait: Math.min(120, wait) };
        if (response.status >= 500 || [408, 425].includes(response.status)) return { again: true };
        return { reason: (await response.json()).error };
      } catch (error) {
        return error.reason ? { reason: error.reason } : { again: true };
      }
    }

    async listen() {
      const listening = (this.listening = new AbortController());
      for (let failures = 0; !listening.signal.aborted; failures += 1) {
        const reading = (this.reading = new AbortController());
        listening.signal.addEventListener("abort", () => reading.abort());
        try {
          const headers = { Accept: "text/event-stream", ...(this.mark && { "Last-Event-ID": this.mark }) };
          const response = await this.request("api/events", { headers }, reading.signal);
          if (response.status === 401) return this.expire(listening);
          if (response.status === 429) {
            await this.refetch(); // open in too many windows: look from time to time
            await this.snooze(15_000);
            continue;
          }
          if (response.ok) {
            if (this.mark) this.refetch();
            this.heard.online(true);
            failures = 0;
            await this.read(response.body, reading);
            failures = -1; // it was open and ended: come back soon
          }
        } catch {
          // Cut off, asleep or aborted: the next round says.
        }
        if (listening.signal.aborted) return;
        if (failures > 0 || !navigator.onLine) this.heard.online(false);
        const longest = failures < PATIENT_TRIES ? 2400 : 15_000; // a restart takes seconds, an outage may take long
        await this.snooze(failures < 0 ? this.retry || 300 : Math.min(longest, 500 * 2 ** failures));
        this.retry = 0;
      }
    }

    snooze(ms) {
      return Promise.race([pause(ms * (0.75 + Math.random() / 2)), new Promise((resolve) => (this.wake = resolve))]);
    }

    expire(listening) {
      if (this.listening !== listening) return;
      this.memory.set({ token: undefined });
      this.stopListening();
      this.heard.online(true);
      if (this.identity) this.begin().catch(() => {});
      else this.heard.over();
    }

    /* The stream resumes after the last event; this catches what the server no longer keeps as events. */
    async refetch() {
      try {
        const response = await this.request("api/conversation");
        if (response.ok) this.heard.conversation(await response.json());
      } catch {
        // The stream is the way that counts.
      }
    }

    async read(body, reading) {
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      const watch = setInterval(() => {
        if (Date.now() - this.lastHeard > SILENCE_MS) reading.abort();
      }, 5000);
      this.lastHeard = Date.now();
      try {
        for (let rest = ""; ;) {
          const { value, done } = await reader.read();
          if (done) return;
          this.lastHeard = Date.now();
          const events = (rest + value).split("\n\n");
          rest = events.pop();
          events.forEach((text) => this.take(text));
        }
      } finally {
        clearInterval(watch);
      }
    }

    take(text) {
      const field = Object.fromEntries(
        text.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line)?.slice(1) ?? ["", ""]),
      );
      if (field.retry) this.retry = Number(field.retry) || 0;
      if (!field.data) return;
      const data = JSON.parse(field.data);
      if (field.event === "conversation") {
        this.mark = field.id ?? ""; // the stream begins anew, whatever was heard before
        this.heard.conversation(data, true);
      } else if (!field.id || later(field.id, this.mark)) {
        this.mark = field.id ?? this.mark;
        this.heard.event(field.event, data);
      }
    }
  }

  /* The id by which the site knows a customer, read out of its JWT; the server alone can tell whether it is true. */
  function subjectOf(jwt) {
    try {
      const body = atob(jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
      const { sub } = JSON.parse(new TextDecoder().decode(Uint8Array.from(body, (char) => char.charCodeAt(0))));
      return typeof sub === "string" ? sub : "";
    } catch {
      return "";
    }
  }

  /* Whether an event's id comes after another: "milliseconds-number", too large for floating point together. */
  function later(id, than) {
    const [[a, b], [c, d]] = [id, than || "0-0"].map((mark) => mark.split("-").map(Number));
    return a > c || (a === c && b > d);
  }

  /* ---- what the customer sees ---- */

  class KefuChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const language = (
        this.getAttribute("lang") ||
        document.documentElement.lang ||
        navigator.language ||
        "en"
      ).slice(0, 2);
      this.language = language.toLowerCase() in TEXTS ? language.toLowerCase() : "en";
      this.text = TEXTS[this.language];
      this.memory = new Memory();
      this.turns = new Map(); // id -> the turn's node
      this.state = { status: "open", agent: null };
      this.unread = 0;
      this.following = true;
      this.build();
      this.line = new Line(this.memory, {
        conversation: (conversation, anew) => this.showConversation(conversation, anew),
        event: (kind, data) => this.hear(kind, data),
        delivered: (message) => this.delivered(message),
        failed: (message, reason) => this.failed(message, reason),
        paced: (seconds) => this.notePending(fill(this.text.paced, { n: seconds })),
        online: (is) => this.showConnection(is),
        over: () => this.note("over"),
        unknown: () => tell("identity"),
      });
      for (const message of this.line.outbox) this.showPending(message);
      this.memory.follow(() => {
        this.line.stopListening();
        this.clear();
        for (const message of this.line.outbox) this.showPending(message);
        this.line.resume();
      });
      if (this.memory.get("open")) this.open(false);
      this.line.resume();
    }

    build() {
      const t = this.text;
      const heading = this.getAttribute("heading") || t.title;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.badge = h("span", { class: "badge", hidden: true });
      this.launcher = h(
        "button",
        { class: "launcher", type: "button", "aria-expanded": "false", onclick: () => this.open() },
        icon("chat", 26),
        this.badge,
      );
      this.face = h("span", { class: "face", "aria-hidden": "true" }, icon("chat", 20));
      this.status = h("p", { class: "status" });
      const restart = h(
        "button",
        {
          class: "tool",
          type: "button",
          title: t.restart,
          "aria-label": t.restart,
          onclick: () => this.askRestart(),
        },
        icon("restart", 20),
      );
      const close = h(
        "button",
        { class: "tool", type: "button", title: t.close, "aria-label": t.close, onclick: () => this.close() },
        icon("close", 20),
      );
      this.banner = h("div", { class: "banner", role: "status", hidden: true });
      this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": t.log });
      this.typing = h("div", { class: "typing", hidden: true });
      this.scroll = h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": t.log, onscroll: () => this.scrolled() },
        this.log,
        this.typing,
      );
      this.stopButton = h(
        "button",
        { class: "stop", type: "button", hidden: true, onclick: () => this.stop() },
        icon("stop", 14),
        t.stop,
      );
      this.person = h(
        "button",
        { type: "button", onclick: () => this.askForPerson() },
        icon("person", 16),
        h("span"),
      );
      this.input = h("textarea", {
        rows: "1",
        maxlength: String(LONGEST_TEXT),
        placeholder: t.placeholder,
        "aria-label": t.write,
        dir: "auto",
        enterkeyhint: "send",
        oninput: () => this.fit(),
        onkeydown: (event) => this.key(event),
      });
      this.sendButton = h(
        "button",
        { class: "send", type: "submit", title: t.send, "aria-label": t.send, disabled: true },
        icon("send", 20),
      );
      this.panel = h(
        "section",
        { class: "panel", role: "dialog", "aria-label": heading, hidden: true },
        h(
          "div",
          { class: "top" },
          this.face,
          h("div", { class: "who" }, h("h2", {}, heading), this.status),
          restart,
          close,
        ),
        this.banner,
        this.scroll,
        h("div", { class: "person" }, this.person, this.stopButton),
        h("form", { onsubmit: (event) => this.submit(event) }, this.input, this.sendButton),
      );
      this.panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !event.isComposing) this.close();
      });
      root.append(this.launcher, this.panel);
      this.greet();
      this.showState(this.state);
      this.showUnread();
    }

    /* -- open and close -- */

    open(focus = true) {
      this.toggleAttribute("open", true);
      this.panel.hidden = false;
      this.launcher.hidden = true;
      this.unread = 0;
      this.showUnread();
      this.memory.set({ open: true });
      tell("open");
      this.followKeyboard();
      this.toEnd(true);
      if (focus) this.input.focus();
    }

    close() {
      this.toggleAttribute("open", false);
      this.panel.hidden = true;
      this.launcher.hidden = false;
      this.memory.set({ open: false });
      tell("close");
      this.launcher.focus();
    }

    /* iOS does not shrink the page for its keyboard, but moves it: the panel follows what is really visible. */
    followKeyboard() {
      if (this.keyboardFollowed || !window.visualViewport) return;
      this.keyboardFollowed = true;
      const follow = () => {
        this.panel.style.setProperty("--height", `${visualViewport.height}px`);
        this.panel.style.setProperty("--top", `${Math.max(0, visualViewport.offsetTop)}px`);
        this.toEnd();
      };
      for (const moved of ["resize", "scroll"]) visualViewport.addEventListener(moved, follow);
    }

    /* -- writing -- */

    key(event) {
      // isComposing: Enter then ends a Chinese word, not the message.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.submit(event);
    }

    fit() {
      this.sendButton.disabled = !this.input.value.trim();
      this.input.style.height = "auto";
      this.input.style.height = `${this.input.scrollHeight}px`;
    }

    submit(event) {
      event.preventDefault();
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = "";
      this.fit();
      this.say(text, "api/messages");
      this.input.focus();
    }

    askForPerson() {
      this.say(PERSON_COMMAND, "api/handoff");
      this.person.disabled = true;
      this.input.focus();
    }

    /* What is being answered is answered no more; what was said of it stays. */
    async stop() {
      this.stopButton.disabled = true;
      const taken = await this.line.act("api/stop");
      this.input.focus();
      // A stop that comes before the answer is begun has no effect: it may be said again.
      setTimeout(() => (this.stopButton.disabled = false), taken ? 3000 : 0);
    }

    say(text, path) {
      const message = { id: uuid(), text, path, language: this.language, at: Date.now() / 1000 };
      this.showPending(message);
      this.line.post(message);
      tell("message", text);
      this.toEnd(true);
    }

    showPending(message) {
      const node = this.showTurn({ ...message, role: "customer" });
      this.log.append(node); // behind what else is on its way
      this.group();
      node.classList.add("pending");
      node.querySelector(".note").textContent = navigator.onLine ? this.text.pending : this.text.queued;
    }

    delivered({ id }) {
      const node = this.turns.get(id);
      node?.classList.remove("pending", "failed");
      node?.querySelector(".note").replaceChildren();
      if (this.state.agent || this.state.status === "waiting") return;
      if (!node?.matches(":has(~ .bot, ~ .agent)")) this.showTyping(this.text.bot);
    }

    failed(message, reason) {
      const node = this.turns.get(message.id);
      const again = h(
        "button",
        {
          type: "button",
          onclick: () => {
            node.classList.replace("failed", "pending");
            node.querySelector(".note").textContent = this.text.pending;
            this.line.post(message);
          },
        },
        this.text.retry,
      );
      node.classList.replace("pending", "failed");
      node.querySelector(".note").replaceChildren(`${this.text.failed} ${reason}`, again);
      this.showState(this.state);
    }

    askRestart() {
      if (!this.turns.size) return this.input.focus();
      const done = (restart) => {
        this.banner.hidden = true;
        if (restart) this.restart();
        this.input.focus();
      };
      const yes = h("button", { type: "button", onclick: () => done(true) }, this.text.yes);
      this.showBanner(
        this.text.sure,
        h("div", {}, yes, h("button", { type: "button", onclick: () => done(false) }, this.text.no)),
      );
      yes.focus();
    }

    restart() {
      // Who is known finds the conversation again wherever they are: it is ended instead.
      if (this.line.identity) this.line.act("api/end");
      else this.forget();
    }

    forget() {
      this.line.forget();
      this.clear();
    }

    identify(jwt) {
      if (this.line.identify(jwt)) this.clear();
    }

    prefill(text) {
      this.open();
      this.input.value = String(text).slice(0, LONGEST_TEXT);
      this.fit();
    }

    clear() {
      this.turns.clear();
      this.caughtUp = false;
      this.log.replaceChildren();
      this.hideTyping();
      this.greet();
      this.showState({ status: "open", agent: null });
    }

    /* -- hearing -- */

    hear(kind, data) {
      if (kind === "turn") this.hearTurn(data);
      else if (kind === "state") this.hearState(data);
      else if (kind === "sentence") this.showSentence(data);
      else if (kind === "withdrawn") this.withdraw(data.turn);
      else if (kind === "typing") this.showTyping(data.who === "bot" ? this.text.bot : data.who);
    }

    hearState(state) {
      this.showState(state);
      if (!state.agent && state.status === "open") return;
      this.hideTyping();
      this.dropMaking();
    }

    hearTurn(turn) {
      const known = this.turns.has(turn.id) && !this.turns.get(turn.id).classList.contains("making");
      this.showTurn(turn);
      if (turn.role === "customer") return;
      if (turn.role !== "event") this.dropMaking();
      if (!known && turn.role !== "event") {
        this.countUnread();
        tell("answer", turn.text);
      }
      this.hideTyping();
    }

    /* `anew`: a stream begins, and tells the answer in the making once more. */
    showConversation({ state, turns }, anew = false) {
      if (anew) this.dropMaking();
      this.showState(state);
      const missed = this.caughtUp ? turns.filter(({ id, role }) => !this.turns.has(id) && role !== "customer") : [];
      this.caughtUp = true;
      missed.filter(({ role }) => role !== "event").forEach(() => this.countUnread());
      turns.forEach((turn) => this.showTurn(turn));
      // In the server's order, and without moving what stands right: a screen reader would read it again.
      let next = this.nextOnItsWay();
      for (const { id } of [...turns].reverse()) {
        const node = this.turns.get(id);
        if (node.nextElementSibling !== next) this.log.insertBefore(node, next);
        next = node;
      }
      this.group();
      if (turns.at(-1)?.role !== "customer") this.hideTyping();
      this.showStop();
      this.toEnd();
    }

    showSentence({ turn, text }) {
      if (this.state.agent || (this.turns.has(turn) && !this.turns.get(turn).classList.contains("making"))) return;
      if (!this.turns.has(turn)) this.dropMaking();
      const node =
        this.turns.get(turn) ||
        this.place(turn, this.makeTurn({ id: turn, role: "bot", text: "", at: Date.now() / 1000 }));
      node.classList.add("making");
      const words = node.querySelector(".words");
      words.append(
        words.textContent && !/[。！？；]$/.test(words.textContent) ? " " : "",
        h("span", {}, ...withLinks(text)),
      );
      this.showStop();
      this.toEnd();
    }

    withdraw(turn) {
      const node = this.turns.get(turn);
      if (!node?.classList.contains("making")) return;
      node.remove();
      this.turns.delete(turn);
      this.hideTyping();
    }

    /* An answer in the making that will not be finished: its worker died, or someone else speaks. */
    dropMaking() {
      for (const [id, node] of this.turns) if (node.classList.contains("making")) this.withdraw(id);
    }

    /* -- showing turns -- */

    greet() {
      this.log.append(this.makeTurn({ id: "", role: "bot", text: this.text.greeting, at: Date.now() / 1000 }));
    }

    note(key) {
      this.log.append(h("p", { class: "event turn" }, this.text[key]));
      this.toEnd();
    }

    showTurn(turn) {
      const old = this.turns.get(turn.id);
      if (old && turn.role === "customer") {
        old.classList.remove("pending", "failed");
        old.querySelector(".note").replaceChildren();
        return old;
      }
      if (!old) return this.place(turn.id, turn.role === "event" ? this.makeEvent(turn) : this.makeTurn(turn));
      if (old.classList.contains("making")) {
        this.finish(old, turn);
        // What was said while it was made stands before it; what stands right is not moved, or it would be read again.
        if (old.nextElementSibling !== this.nextOnItsWay()) this.log.insertBefore(old, this.nextOnItsWay());
        this.group();
      }
      return old;
    }

    /* The first message that is not delivered yet; null when all are. */
    nextOnItsWay() {
      return this.log.querySelector(":scope > .pending, :scope > .failed");
    }

    place(id, node) {
      this.turns.set(id, node);
      this.log.insertBefore(node, this.nextOnItsWay());
      this.group();
      this.toEnd(node.classList.contains("customer"));
      return node;
    }

    group() {
      let before = "";
      for (const node of this.log.children) {
        node.classList.toggle("again", before !== "" && node.dataset.speaker === before);
        before = node.dataset.speaker || "";
      }
    }

    makeEvent(turn) {
      return h(
        "p",
        { class: "event turn", "data-turn": turn.id },
        fill(this.text[turn.text] ?? "", { name: turn.name }),
      );
    }

    makeTurn(turn) {
      const speaker = turn.role === "customer" ? this.text.you : turn.role === "bot" ? this.text.bot : turn.name;
      const time = new Intl.DateTimeFormat(this.language, { hour: "2-digit", minute: "2-digit" }).format(
        turn.at * 1000,
      );
      const node = h(
        "div",
        { class: `turn ${turn.role}`, "data-speaker": `${turn.role} ${turn.name || ""}` },
        turn.role === "customer"
          ? h("span", { class: "unseen" }, `${speaker}: `)
          : h("p", { class: "name" }, h("b", {}, speaker), ` · ${time}`),
        h("div", { class: "words", dir: "auto" }),
        h("div", { class: "sources" }),
        h("div", { class: "rating", role: "group" }),
        h("p", { class: "note" }),
      );
      node.dataset.turn = turn.id;
      this.finish(node, turn);
      return node;
    }

    /* The words and sources of a complete turn; sentences that were shown in the making stay where they are. */
    finish(node, turn) {
      node.classList.remove("making");
      const shown = turn.text === PERSON_COMMAND && turn.role === "customer" ? this.text.person : turn.text;
      if (["refused", "clarified"].includes(turn.outcome) && turn.sources?.length) return this.offer(node, shown, turn.sources);
      const cards = (turn.sources || []).map((source) => this.makeCard(source));
      const chip = (number) => this.makeChip(turn.sources[number - 1], cards[number - 1]);
      const words = node.querySelector(".words");
      const parts = sentenceParts(shown, turn.sentences || []);
      if (parts) {
        if (words.textContent === shown)
          parts
            .filter((part) => part.sentence)
            .forEach((part, i) => words.querySelectorAll(":scope > span")[i]?.append(...part.sources.map(chip)));
        else
          words.replaceChildren(
            ...parts.flatMap((part) => [h("span", {}, ...withLinks(part.text), ...part.sources.map(chip))]),
          );
      } else {
        words.replaceChildren(...withLinks(shown), ...cards.map((_, i) => chip(i + 1)));
      }
      if (turn.outcome === "answered") node.querySelector(".rating").replaceChildren(...this.makeRating(turn.id));
      for (const card of cards) card.hidden = true;
      node.querySelector(".sources").replaceChildren(...cards);
    }

    makeRating(turn) {
      const buttons = [
        ["good", true],
        ["bad", false],
      ].map(([name, good]) =>
        h(
          "button",
          {
            type: "button",
            "aria-label": this.text[name],
            title: this.text[name],
            "aria-pressed": "false",
            onclick: async ({ currentTarget }) => {
              const pressed = buttons.find((button) => button.getAttribute("aria-pressed") === "true");
              const press = (which) =>
                buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === which)));
              press(currentTarget);
              if (await this.line.act("api/feedback", { turn, good })) return;
              press(pressed);
              this.note("unrated");
            },
          },
          icon(name, 16),
        ),
      );
      return buttons;
    }

    /* The nearest articles, or what may be meant, as buttons that ask for it, in place of the lines that name it. */
    offer(node, text, sources) {
      const names = new Set(sources.flatMap(({ title }, i) => [`- ${title}`, `${i + 1}. ${title}`]));
      const lines = text.split("\n");
      const at = lines.findIndex((line) => names.has(line));
      const before = lines.slice(0, at < 0 ? undefined : at).join("\n");
      const after = at < 0 ? "" : lines.slice(at).filter((line) => !names.has(line)).join("\n");
      node.querySelector(".words").replaceChildren(
        ...withLinks(before),
        ...(at < 0 ? [h("p", { class: "near" }, this.text.near)] : []),
        h("ul", { class: "articles" }, ...sources.map((source) => this.makeArticle(source))),
        ...withLinks(after),
      );
    }

    makeArticle({ title, url }) {
      const ask = () => this.say(title, "api/messages");
      const button = h("button", { type: "button", dir: "auto", onclick: ask }, title);
      return h("li", {}, button, ...this.readMore(url));
    }

    readMore(url) {
      const href = url ? webAddress(url) : null;
      return href ? [link(href, `${this.text.read} · ${new URL(href).host}`)] : [];
    }

    makeChip(source, card) {
      const label = fill(this.text.source, { n: source.number, title: source.title });
      const chip = h(
        "button",
        {
          class: "chip",
          type: "button",
          "aria-expanded": "false",
          "aria-label": label,
          title: source.title,
          onclick: () => {
            card.hidden = !card.hidden;
            chip.setAttribute("aria-expanded", String(!card.hidden));
            if (!card.hidden) card.scrollIntoView({ block: "nearest" });
          },
        },
        String(source.number),
      );
      return chip;
    }

    makeCard({ number, title, url }) {
      const more = this.readMore(url);
      return h(
        "div",
        { class: "card" },
        h("span", { class: "n" }, String(number)),
        h(
          "span",
          { dir: "auto" },
          title,
          ...(more.length ? [h("br"), ...more] : []),
        ),
      );
    }

    /* -- showing everything else -- */

    showState(state) {
      const t = this.text;
      this.state = state;
      const { status, agent } = state;
      this.status.textContent = agent
        ? fill(t.team, { name: agent })
        : status === "waiting"
          ? t.waiting
          : t.botStatus;
      this.face.replaceChildren(agent ? [...agent][0].toUpperCase() : icon("chat", 20));
      this.person.lastChild.textContent = agent
        ? fill(t.with, { name: agent })
        : status === "waiting"
          ? t.called
          : t.person;
      this.person.disabled = Boolean(agent) || status === "waiting";
    }

    /* While the bot makes an answer it can be stopped. */
    showStop() {
      const making = this.answering || Boolean(this.log.querySelector(".making"));
      if (making === !this.stopButton.hidden) return;
      if (this.shadowRoot.activeElement === this.stopButton) this.input.focus();
      this.stopButton.hidden = !making;
      this.stopButton.disabled = false;
    }

    showTyping(name) {
      clearTimeout(this.typingEnds);
      this.typingEnds = setTimeout(() => this.hideTyping(), name === this.text.bot ? 60_000 : 6000);
      const label = fill(this.text.typing, { name });
      this.typing.replaceChildren(h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), label);
      this.typing.hidden = false;
      this.answering = name === this.text.bot;
      this.showStop();
      this.toEnd();
    }

    hideTyping() {
      clearTimeout(this.typingEnds);
      this.typing.hidden = true;
      this.answering = false;
      this.showStop();
    }

    showConnection(online) {
      if (online) {
        if (this.banner.dataset.offline) this.banner.hidden = true;
        delete this.banner.dataset.offline;
        return;
      }
      this.notePending(this.text.queued);
      this.showBanner(this.text.offline);
      this.banner.dataset.offline = "yes";
    }

    notePending(text) {
      for (const note of this.log.querySelectorAll(".pending .note")) note.textContent = text;
    }

    showBanner(...content) {
      delete this.banner.dataset.offline;
      this.banner.replaceChildren(...content);
      this.banner.hidden = false;
    }

    countUnread() {
      if (!this.panel.hidden) return;
      this.unread += 1;
      this.showUnread();
    }

    showUnread() {
      this.badge.hidden = !this.unread;
      this.badge.textContent = this.unread > 9 ? "9+" : String(this.unread);
      const news = this.unread ? ` (${fill(this.text.unread, { n: this.unread })})` : "";
      this.launcher.setAttribute("aria-label", this.text.open + news);
    }

    /* Follow what is new, unless the customer scrolled up to read. */
    toEnd(always = false) {
      if (always) this.following = true;
      if (this.following) this.scroll.scrollTop = this.scroll.scrollHeight;
    }

    scrolled() {
      const { scrollHeight, scrollTop, clientHeight } = this.scroll;
      this.following = scrollHeight - scrollTop - clientHeight < 40;
    }
  }

  /* The text cut at its sentences, with what lies between them; null when they are not all in it, in order. */
  function sentenceParts(text, sentences) {
    const parts = [];
    let at = 0;
    for (const sentence of sentences) {
      const found = text.indexOf(sentence.text, at);
      if (found < 0) return null;
      if (found > at) parts.push({ text: text.slice(at, found), sources: [], sentence: false });
      parts.push({ text: sentence.text, sources: sentence.sources, sentence: true });
      at = found + sentence.text.length;
    }
    if (!parts.length) return null;
    return at < text.length ? [...parts, { text: text.slice(at), sources: [], sentence: false }] : parts;
  }

  /* ---- what the page may say and hear ---- */

  const listeners = { open: [], close: [], message: [], answer: [], identity: [] };

  /* Before a listener that breaks, nothing of the chat does. */
  function tell(kind, ...news) {
    for (const listener of listeners[kind]) setTimeout(() => listener(...news));
  }

  function obey(chat) {
    const acts = {
      open: () => chat.open(),
      close: () => chat.close(),
      toggle: () => (chat.hasAttribute("open") ? chat.close() : chat.open()),
      send: (text) => String(text).trim() && chat.say(String(text).trim().slice(0, LONGEST_TEXT), "api/messages"),
      prefill: (text) => chat.prefill(text),
      identify: (jwt) => chat.identify(jwt ?? ""),
      on: (kind, listener) => listeners[kind]?.push(listener),
    };
    const push = (...calls) => calls.forEach(([act, ...given]) => acts[act]?.(...given));
    const said = Array.isArray(window.kefu) ? window.kefu : [];
    window.kefu = { push };
    push(...said);
  }

  /* ---- onto the page ---- */

  if (customElements.get("kefu-chat")) return;
  customElements.define("kefu-chat", KefuChat);
  if (!script?.hasAttribute("data-kefu")) return;
  const mount = () => {
    if (document.querySelector("kefu-chat")) return;
    const { lang, theme, title, accent } = script.dataset;
    const chat = h("kefu-chat", { ...(lang && { lang }), ...(theme && { theme }), ...(title && { heading: title }) });
    if (accent) chat.style.setProperty("--accent", accent);
    document.body.append(chat);
    obey(chat);
  };
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount, { once: true });
})();
