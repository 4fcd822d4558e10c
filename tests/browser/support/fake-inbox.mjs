// A stand-in for the server behind the inbox page, inside the browser's own routing: it speaks the inbox API, keeps its
// conversations in memory, and does what a test tells it to. It proves nothing about the real server; the tests with the
// demo do that.
import { EventEmitter } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { until, whileTelling } from "./news.mjs";

export const HOME = "https://inbox.example";
const DIST = process.env.THREADLINE_WEB_DIST ?? fileURLToPath(new URL("../../../web/dist/", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

/** As the server sets it. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const ada = { id: "op-ada", name: "Ada Berg", picture: null, email: "ada@shop.example" };
export const ben = { id: "op-ben", name: "Ben Okoro", picture: null, email: null };

const MINUTE = 60_000;
const ago = (ms) => new Date(Date.now() - ms).toISOString();

export class FakeInbox {
  constructor() {
    if (!existsSync(`${DIST}pages/inbox/index.html`)) throw new Error("web/dist isn't built: run `npm run build` in web/ first.");
    this.conversations = new Map();
    this.canned = [];
    this.peers = new Set();
    /** Tells of every line that is up. */
    this.news = new EventEmitter();
    this.requests = [];
    this.bodies = [];
    /** While true, the network is dead for the API. */
    this.down = false;
    /** Refusals to give instead of an answer, by `POST …/messages`; each is used once. */
    this.instead = new Map();
    /** Pages hold at least so many conversations, whatever was asked for. */
    this.leastPage = 1;
    /** So many pages of a search are empty before what it finds. */
    this.emptyPages = 0;
    /** The domains that the operator serves; all of them otherwise. */
    this.serves = null;
    this.made = 0;
    this.event = 10;
    this.domains = new Map();
    this.domain("shop.example", { online: true, since: ago(42 * MINUTE), monitoring: [{ operator: ada, how: "inbox", since: ago(42 * MINUTE) }, { operator: ben, how: "slack", since: ago(5 * MINUTE) }] });
    this.domain("docs.example", { online: false, since: ago(9 * MINUTE), offline_text: "We're away. Leave a message and we'll get back to you." });
  }

  domain(name, more) {
    this.domains.set(name, { name, mode: "live_chat", online: false, since: null, monitoring: [], reason: null, offline_text: "", settings_url: `/admin#domain=${name}`, ...this.domains.get(name), ...more });
    this.tell(() => ({ type: "domain", domain: this.domainFor(this.domains.get(name), ada) }));
  }

  domainFor(domain, me) {
    const open = [...this.conversations.values()].filter(({ summary }) => summary.domain === domain.name && summary.status === "open").map(({ summary }) => summary);
    const counts = { open: open.length, unassigned: open.filter(({ assignee }) => !assignee).length, mine: open.filter(({ assignee }) => assignee?.id === me.id).length, waiting: open.filter(({ waiting_since }) => waiting_since).length };
    return { ...domain, counts };
  }

  /** A conversation; `said` are its messages, oldest first: strings are the visitor's. */
  begin(more = {}, said = [], detail = {}) {
    this.made += 1;
    const id = more.id ?? `c-${this.made}`;
    const at = more.last_activity_at ?? ago(this.made * MINUTE);
    const visitor = { id: `v-${this.made}`, name: `Visitor ${this.made}`, email: null, verified: false, external_id: null, ...more.visitor };
    const summary = { id, domain: "shop.example", kind: "chat", status: "open", assignee: null, preview: null, unread: 0, waiting_since: null, opened_at: at, closed_at: null, rating: null, tags: [], undelivered: false, ...more, last_activity_at: at, visitor };
    const conversation = { summary, messages: [], events: [], read: { mine: 0, visitor: 0 }, detail };
    this.conversations.set(id, conversation);
    for (const one of said) this.add(conversation, typeof one === "string" ? { body: one } : one, at);
    return conversation;
  }

  add(conversation, more, at = new Date().toISOString()) {
    this.made += 1;
    const seq = (conversation.messages.at(-1)?.seq ?? 0) + 10;
    const { summary } = conversation;
    const message = {
      id: `m-${this.made}`,
      conversation_id: summary.id,
      seq,
      author: { kind: "visitor", id: summary.visitor.id, name: null, picture: null },
      audience: "all",
      held: false,
      rich: null,
      client_key: null,
      created_at: at,
      edited_at: null,
      removed: false,
      origin: "widget",
      deliveries: [],
      by: null,
      ...more,
    };
    conversation.messages.push(message);
    summary.preview = { author: message.author.kind, text: message.body, note: message.audience === "operators", removed: false, at };
    summary.last_activity_at = at;
    return message;
  }

  /** Somebody says something now; every page hears it. */
  say(conversation, more) {
    const message = this.add(conversation, more);
    const { summary } = conversation;
    if (message.author.kind === "visitor") {
      summary.unread += 1;
      summary.waiting_since ??= message.created_at;
    } else if (message.audience === "all") summary.waiting_since = null;
    this.happen(conversation, "message_posted", message);
    return message;
  }

  change(conversation, message, kind, changes) {
    Object.assign(message, changes);
    this.happen(conversation, kind, message);
  }

  happen(conversation, kind, message = null) {
    conversation.events.push({ event_seq: (this.event += 1), kind, conversation_id: conversation.summary.id, message_id: message?.id ?? null, operator: null, at: new Date().toISOString() });
    this.tell(() => ({ type: "conversation", conversation: conversation.summary }));
    for (const peer of this.peers) if (peer.watched === conversation.summary.id) this.push(peer);
  }

  push(peer) {
    const conversation = this.conversations.get(peer.watched);
    const events = conversation.events.filter(({ event_seq }) => event_seq > peer.after);
    if (events.length === 0) return;
    const named = new Set(events.map(({ message_id }) => message_id));
    peer.after = this.event;
    const { summary, read } = conversation;
    const messages = conversation.messages.filter(({ id }) => named.has(id)).map((message) => this.shown(message, peer.me));
    this.send(peer, { type: "batch", events, messages, conversation: summary, checks: this.checks(conversation), after: peer.after, more: false, reset: false, read });
  }

  shown({ by, ...message }, me) {
    return { ...message, mine: by === me.id };
  }

  checks(conversation) {
    const last = conversation.messages.findLast(({ author, audience }) => author.kind !== "system" && audience === "all");
    const undelivered = conversation.messages.filter(({ deliveries }) => deliveries.some(({ state }) => state === "undelivered")).length;
    const noted = conversation.messages.some(({ audience }) => audience === "operators") || conversation.summary.tags.length > 0;
    return { visitor_has_last_word: last?.author.kind === "visitor", undelivered, others_active: conversation.others ?? [], follow_up: noted ? "recorded" : "none" };
  }

  /** Resolves once so many pages' lines are up: what a page shows says nothing of it, as HTTP and a socket keep no order. */
  linked(count = 1) {
    return until(this.news, () => this.peers.size >= count);
  }

  /** Does something while somebody types. */
  whileTyping(conversation, author, work) {
    return whileTelling(() => this.tell(() => ({ type: "typing", conversation: conversation.summary.id, author })), work);
  }

  tell(frame) {
    for (const peer of this.peers) this.send(peer, frame(peer));
  }

  send(peer, frame) {
    peer.socket.send(JSON.stringify(frame));
  }

  cut(code = 1001) {
    for (const peer of [...this.peers]) peer.socket.close({ code });
    this.peers.clear();
  }

  once(call, status, name, detail) {
    const list = this.instead.get(call) ?? [];
    list.push({ status, body: { type: `urn:threadline:problem:${name}`, title: name, status, detail } });
    this.instead.set(call, list);
  }

  /** @param {import("playwright-core").BrowserContext} context whose pages are `me`'s */
  async install(context, me = ada) {
    await context.route(`${HOME}/**`, (route) => this.answer(route, me));
    await context.routeWebSocket(/\/v1\/inbox\/live$/, (socket) => this.accept(socket, me));
  }

  async answer(route, me) {
    const request = route.request();
    const url = new URL(request.url());
    if (!url.pathname.startsWith("/v1/")) return this.file(route, url.pathname);
    const call = `${request.method()} ${url.pathname.replace(/^\/v1\/inbox/, "")}`;
    if (this.down) return route.abort("internetdisconnected");
    this.requests.push(`${call}${url.search}`);
    const generic = call.replace(/\/c-[^/]+/, "/:c").replace(/\/m-[^/]+/, "/:m");
    const body = request.postData() ? request.postDataJSON() : {};
    this.bodies.push({ call: generic, body });
    const instead = this.instead.get(generic)?.shift();
    const [status, answer] = instead ? [instead.status, instead.body] : this.api(generic, call, body, url.searchParams, me);
    await route.fulfill({ status, contentType: "application/json", body: answer === null ? "" : JSON.stringify(answer) });
  }

  file(route, pathname) {
    const path = DIST + (/^\/(inbox|history|monitor|admin|sign-in)$/.test(pathname) ? `pages${pathname}/index.html` : pathname.slice(1));
    if (!existsSync(path)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: TYPES[extname(path)] ?? "text/plain", headers: { "Content-Security-Policy": CSP }, body: readFileSync(path) });
  }

  api(generic, call, body, query, me) {
    const conversation = this.conversations.get(/\/(c-[^/]+)/.exec(call)?.[1]);
    const message = conversation?.messages.find(({ id }) => id === /\/(m-[^/]+)/.exec(call)?.[1]);
    if (generic.includes("/:c") && !conversation) return [404, { type: "urn:threadline:problem:not-found", title: "Not found", status: 404 }];
    switch (generic) {
      case "GET /session":
        return [200, { operator: me, role: "admin", domains: this.serves ?? [...this.domains.keys()], all_domains: this.serves === null, availability: "auto", selves: [], language: null }];
      case "GET /domains":
        return [200, { domains: [...this.domains.values()].map((each) => this.domainFor(each, me)) }];
      case "GET /conversations":
        return [200, this.page(query, me)];
      case "GET /conversations/:c":
        return [200, this.whole(conversation, me)];
      case "GET /conversations/:c/messages": {
        const older = conversation.messages.filter(({ seq }) => seq < Number(query.get("before")));
        return [200, { messages: older.slice(-50).map((each) => this.shown(each, me)), more_before: older.length > 50 }];
      }
      case "POST /conversations/:c/messages":
        return this.post(conversation, body, me);
      case "PATCH /conversations/:c/messages/:m":
        this.change(conversation, message, "message_edited", { body: body.body, edited_at: new Date().toISOString() });
        return [200, { message: this.shown(message, me) }];
      case "DELETE /conversations/:c/messages/:m":
        this.change(conversation, message, "message_removed", { body: "", removed: true });
        return [200, { message: this.shown(message, me) }];
      case "POST /conversations/:c/messages/:m/retry":
        this.change(conversation, message, "message_edited", { deliveries: message.deliveries.map((each) => ({ ...each, state: "delivered", reason: null })) });
        return [204, null];
      case "POST /conversations/:c/messages/:m/release":
        this.change(conversation, message, "message_posted", { held: false, audience: "all" });
        return [200, { message: this.shown(message, me) }];
      case "POST /conversations/:c/messages/:m/keep":
        this.change(conversation, message, "message_posted", { held: false, audience: "operators" });
        return [200, { message: this.shown(message, me) }];
      case "POST /conversations/:c/close":
        Object.assign(conversation.summary, { status: "closed", closed_at: new Date().toISOString(), waiting_since: null, last_activity_at: new Date().toISOString() });
        this.happen(conversation, "conversation_closed");
        return [200, { conversation: conversation.summary }];
      case "POST /conversations/:c/reopen":
        Object.assign(conversation.summary, { status: "open", closed_at: null, last_activity_at: new Date().toISOString() });
        this.happen(conversation, "conversation_reopened");
        return [200, { conversation: conversation.summary }];
      case "POST /conversations/:c/assign":
        conversation.summary.assignee = body.operator === "me" ? me : ([ada, ben].find(({ id }) => id === body.operator) ?? null);
        this.happen(conversation, "conversation_assigned");
        return [200, { conversation: conversation.summary }];
      case "POST /conversations/:c/read":
        conversation.read.mine = body.seq;
        conversation.summary.unread = 0;
        return [204, null];
      case "PUT /conversations/:c/tags":
        conversation.summary.tags = body.tags;
        this.happen(conversation, "conversation_tagged");
        return [200, { tags: body.tags }];
      case "GET /tags":
        return [200, { tags: ["billing", "bug", "shipping"] }];
      case "GET /operators":
        return [200, { operators: [{ ...ada, online: true }, { ...ben, online: false }] }];
      case "GET /canned-replies":
        return [200, { canned_replies: this.canned }];
      case "POST /canned-replies":
        this.canned.push({ id: `k${this.canned.length}`, ...body });
        return [201, this.canned.at(-1)];
      default:
        return [204, null];
    }
  }

  page(query, me) {
    const { domain, filter = "open", q, before } = Object.fromEntries(query);
    const limit = Math.max(this.leastPage, Number(query.get("limit") ?? 50));
    const right = {
      open: ({ status }) => status === "open",
      unassigned: ({ status, assignee }) => status === "open" && !assignee,
      mine: ({ status, assignee }) => status === "open" && assignee?.id === me.id,
      closed: ({ status }) => status === "closed",
    }[filter];
    const found = [...this.conversations.values()]
      .filter(({ summary, messages }) => (!domain || summary.domain === domain) && right(summary) && (!q || messages.some(({ body }) => q.split(" ").every((word) => body.includes(word)))))
      .map(({ summary }) => summary)
      .sort((a, b) => (a.last_activity_at < b.last_activity_at ? 1 : -1));
    // A search that looked at so much may have found nothing yet, and goes on.
    const empty = q ? this.emptyPages : 0;
    const seen = /^empty-(\d+)$/.exec(before ?? "")?.[1];
    if (empty > Number(seen ?? (before ? empty : 0))) return { conversations: [], next: `empty-${Number(seen ?? 0) + 1}` };
    const from = before && !seen ? Number(before) : 0;
    return { conversations: found.slice(from, from + limit), next: from + limit < found.length ? String(from + limit) : null };
  }

  whole(conversation, me) {
    const { summary, messages, read, detail } = conversation;
    return {
      conversation: summary,
      visitor: { ...summary.visitor, language: "de", first_seen_at: ago(90 * 24 * 60 * MINUTE), last_seen_at: ago(2 * MINUTE), online: true },
      page: { url: "https://shop.example/kettles/copper", title: "Copper kettle", referrer: "https://search.example/?q=kettle" },
      client: { browser: "Firefox 141 on macOS", language: "de-AT", time_zone: "Europe/Vienna" },
      threads: [
        { connection: "acme", platform: "slack", channel: "C012AB", url: "https://acme.slack.com/archives/C012AB/p1", state: "open", broken: null },
        { connection: "play", platform: "discord", channel: "8812", url: null, state: "opening", broken: null },
      ],
      earlier: [],
      checks: this.checks(conversation),
      messages: messages.slice(-50).map((each) => this.shown(each, me)),
      more_before: messages.length > 50,
      after: this.event,
      read: { ...read },
      rating: null,
      ...detail,
    };
  }

  post(conversation, { client_key, body, note }, me) {
    const known = conversation.messages.find((each) => each.client_key === client_key);
    if (known) return [200, { message: this.shown(known, me) }];
    if (conversation.summary.status === "closed" && !note) {
      return [409, { type: "urn:threadline:problem:conversation-closed", title: "The conversation is closed", status: 409, detail: "The conversation is closed. Reopen it to answer." }];
    }
    const message = this.say(conversation, {
      author: { kind: "operator", id: me.id, name: me.name, picture: null },
      audience: note ? "operators" : "all",
      body,
      client_key,
      origin: "inbox",
      by: me.id,
      deliveries: [{ connection: "acme", platform: "slack", channel: "C012AB", state: "delivered", reason: null, outbox_id: `o${this.made}` }],
    });
    return [201, { message: this.shown(message, me) }];
  }

  accept(socket, me) {
    if (this.down) return socket.close({ code: 1006 });
    const peer = { socket, me, watched: null, after: 0, frames: [] };
    socket.onMessage((text) => {
      const frame = JSON.parse(text);
      peer.frames.push(frame);
      if (frame.type === "hello") {
        if (this.down) return socket.close({ code: 1006 });
        this.peers.add(peer);
        this.send(peer, { type: "ready", domains: [...this.domains.values()].map((each) => this.domainFor(each, me)) });
        this.news.emit("news");
      } else if (frame.type === "watch") {
        Object.assign(peer, { watched: frame.conversation, after: frame.after });
        this.push(peer);
      } else if (frame.type === "unwatch") peer.watched = null;
      else if (frame.type === "typing") {
        for (const other of this.peers) {
          if (other.me !== me) this.send(other, { type: "typing", conversation: frame.conversation, author: { kind: "operator", name: me.name, picture: null } });
        }
      }
    });
    socket.onClose(() => this.peers.delete(peer));
  }
}
