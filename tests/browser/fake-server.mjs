// A stand-in for the server, inside the browser's own routing: it speaks the widget API as docs and OpenAPI describe it,
// on an origin other than the shop's, and does what a test tells it to. It keeps nothing and proves nothing about the
// real server; demo.test.mjs drives that one.
import { EventEmitter } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { until, whileTelling } from "./support/news.mjs";

export const SHOP = "http://shop.example";
export const SERVER = "http://chat.example";
const DIST = fileURLToPath(new URL("../../web/dist/", import.meta.url));

/** As strict as a website may be that lets only our script in. */
const CSP = `default-src 'none'; script-src ${SERVER}; connect-src ${SERVER} ${SERVER.replace("http", "ws")}; img-src ${SERVER}; style-src 'none'; require-trusted-types-for 'script'`;

const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, content-type",
  "Access-Control-Allow-Methods": "GET, POST, PATCH",
  "Access-Control-Expose-Headers": "Retry-After",
};

export const maya = { kind: "operator", name: "Maya Lind", picture: "/pictures/maya" };

/** Nothing asked for, nothing special. */
const PLAIN = {
  name: "shop.example",
  mode: "live_chat",
  language: null,
  greeting: null,
  ask: { name: "no", email: "no" },
  privacy: null,
  look: { color: null, corner: "right", icon: "chat" },
  texts: {},
  team: [],
};

/** A JWT as far as a browser can tell. */
export const jwt = (sub, more = {}) => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [part({ alg: "HS256" }), part({ sub, exp: 4_000_000_000, ...more }), "signature"].join(".");
};

export class FakeServer {
  constructor() {
    if (!existsSync(`${DIST}widget.js`)) throw new Error("web/dist isn't built: run `npm run build` in web/ first.");
    /** Visitors by token. */
    this.visitors = new Map();
    this.online = true;
    /** The domain's settings that aren't the usual ones. */
    this.domain = {};
    /** More attributes of the script's tag. */
    this.attributes = "";
    /** Requests as they came: `POST /messages`. */
    this.requests = [];
    /** The newest body that came with each kind of request. */
    this.bodies = new Map();
    /** Answers to give instead of the right one, by `POST /messages`; each is used once. */
    this.instead = new Map();
    /** Calls whose work is done and whose answer is lost on the way, each once. */
    this.lost = [];
    this.sockets = new Set();
    /** Tells of every line that is up and of every sign of typing. */
    this.news = new EventEmitter();
    /** What time it is here. */
    this.now = () => new Date();
    /** While true, the network is dead for the API. */
    this.down = false;
    /** While true, WebSockets are turned away. */
    this.noSockets = false;
    /** Parts of the widget that aren't there: `/widget/panel-….js`, as a pattern. */
    this.missing = null;
    this.made = 0;
  }

  /** @param {import("playwright-core").BrowserContext} context */
  async install(context) {
    await context.route(`${SHOP}/**`, (route) =>
      route.fulfill({
        contentType: "text/html",
        headers: { "Content-Security-Policy": CSP },
        body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Kettles</title><h1>Kettles</h1><script src="${SERVER}/widget.js" data-domain="shop.example" ${this.attributes} async></script></html>`,
      }),
    );
    await context.route(`${SERVER}/**`, (route) => this.answer(route));
    await context.routeWebSocket(/\/v1\/widget\/live$/, (socket) => this.accept(socket));
  }

  /** The next such request is answered so. */
  once(call, status, problem, headers = {}) {
    const list = this.instead.get(call) ?? [];
    list.push({ status, problem, headers });
    this.instead.set(call, list);
  }

  count(call) {
    return this.requests.filter((request) => request === call).length;
  }

  get visitor() {
    return [...this.visitors.values()][0];
  }

  /** Something happens to the visitor's conversation; every socket hears it. */
  happen(visitor, kind, message = null) {
    visitor.events.push({
      event_seq: (visitor.after += 3),
      kind,
      conversation_id: visitor.conversation.id,
      message_id: message?.id ?? null,
      at: this.now().toISOString(),
    });
    for (const peer of this.sockets) if (peer.visitor === visitor) this.push(peer);
  }

  /** The operators have read everything. */
  read() {
    const { visitor } = this;
    visitor.conversation = { ...visitor.conversation, operators_seen: visitor.seq };
    this.happen(visitor, "operator_read");
  }

  reply(body, more = {}) {
    const { visitor } = this;
    const message = this.message(visitor, { author: maya, body, ...more });
    this.happen(visitor, "message_posted", message);
    return message;
  }

  change(message, kind, changes) {
    Object.assign(message, changes);
    this.happen(this.visitor, kind, message);
  }

  closeBy(author) {
    const { visitor } = this;
    visitor.conversation = { ...visitor.conversation, status: "closed", closed_at: this.now().toISOString(), closed_by: author };
    this.happen(visitor, "conversation_closed");
  }

  /** Resolves once so many pages' lines are up. That a message was sent says nothing of it: HTTP and a socket keep no order. */
  linked(count = 1) {
    return this.until(() => this.sockets.size >= count);
  }

  /** Resolves once that is so; looked at again at each piece of news. */
  until(done) {
    return until(this.news, done);
  }

  /** Does something while an operator types. */
  whileTyping(work) {
    return whileTelling(() => this.say({ type: "typing", author: maya }), work);
  }

  say(frame) {
    for (const peer of this.sockets) peer.socket.send(JSON.stringify(frame));
  }

  cut(code = 1001) {
    for (const peer of [...this.sockets]) peer.socket.close({ code });
    this.sockets.clear();
  }

  forget() {
    this.visitors.clear();
    this.cut(4401);
  }

  message(visitor, more) {
    const message = {
      id: `m${(this.made += 1)}`,
      conversation_id: visitor.conversation.id,
      seq: (visitor.seq += 1),
      rich: null,
      client_key: null,
      created_at: this.now().toISOString(),
      edited_at: null,
      removed: false,
      ...more,
    };
    visitor.messages.push(message);
    return message;
  }

  async answer(route) {
    const request = route.request();
    const { pathname, searchParams } = new URL(request.url());
    if (!pathname.startsWith("/v1/widget/")) return this.file(route, pathname);
    if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers: CORS });
    const call = `${request.method()} ${pathname.slice("/v1/widget".length)}`;
    if (this.down) return route.abort("internetdisconnected");
    this.requests.push(call);
    const instead = this.instead.get(call)?.shift();
    const body = request.postData() ? request.postDataJSON() : {};
    this.bodies.set(call, body);
    const token = (await request.headerValue("authorization"))?.replace("Bearer ", "");
    const [status, answer, headers] = instead
      ? [instead.status, instead.problem, instead.headers]
      : this.api(call, body, this.visitors.get(token), searchParams);
    const lost = this.lost.indexOf(call);
    if (lost >= 0) {
      this.lost.splice(lost, 1);
      return route.abort("connectionreset");
    }
    await route.fulfill({ status, headers: { ...CORS, ...headers }, contentType: "application/json", body: answer === null ? "" : JSON.stringify(answer) });
  }

  file(route, pathname) {
    if (pathname.startsWith("/pictures/")) {
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#c66"/></svg>';
      return route.fulfill({ contentType: "image/svg+xml", body: svg });
    }
    const path = DIST + pathname.slice(1);
    if (this.missing?.test(pathname) || !existsSync(path)) return route.fulfill({ status: 404 });
    const contentType = path.endsWith(".json") ? "application/json" : "text/javascript";
    return route.fulfill({ contentType, headers: CORS, body: readFileSync(path) });
  }

  api(call, body, visitor, query) {
    if (call === "GET /domain") return [200, this.described()];
    if (call === "POST /sessions") return this.session(body);
    if (!visitor) return [401, problem("unauthorized", 401, "The visitor's token isn't known")];
    switch (call) {
      case "POST /messages":
        return this.post(visitor, body);
      case "GET /messages":
        return [200, this.batch(visitor, Number(query.get("after")))];
      case "POST /conversation/close":
        this.closeBy({ kind: "visitor", name: null, picture: null });
        return [200, { conversation: visitor.conversation }];
      case "POST /form":
        return this.post(visitor, { ...body, body: body.message, kind: "form" });
      case "PATCH /visitor":
        Object.assign(visitor.profile, body);
        return [200, { visitor: visitor.profile }];
      case "POST /conversation/rating":
        visitor.conversation = { ...visitor.conversation, rating: { stars: body.stars } };
        this.happen(visitor, "conversation_rated");
        return [200, { conversation: visitor.conversation }];
      default:
        return [204, null];
    }
  }

  described() {
    return { ...PLAIN, ...this.domain };
  }

  session({ visitor_token, identity_jwt }) {
    const visitor = identity_jwt ? this.identified(visitor_token, identity_jwt) : (this.visitors.get(visitor_token) ?? this.newVisitor());
    const { token, conversation, after, profile } = visitor;
    const messages = visitor.messages.filter((message) => message.conversation_id === conversation?.id);
    const presence = { online: this.online };
    return [201, { visitor_token: token, domain: this.described(), presence, visitor: profile, conversation, messages, after, seen: { operators: 0 } }];
  }

  newVisitor(more = {}) {
    const profile = { name: null, email: null, verified: false };
    const visitor = { token: `t${(this.made += 1)}`, after: 0, seq: 0, conversation: null, messages: [], events: [], profile, ...more };
    this.visitors.set(visitor.token, visitor);
    return visitor;
  }

  /** Whom a JWT vouches for: somebody known, whoever came with the token if that is nobody's, or somebody new. */
  identified(token, identity) {
    const { sub, name } = JSON.parse(Buffer.from(identity.split(".")[1], "base64url").toString());
    const known = [...this.visitors.values()].find((each) => each.sub === sub);
    const anonymous = this.visitors.get(token);
    const visitor = known ?? (anonymous && !anonymous.sub ? anonymous : this.newVisitor());
    visitor.sub = sub;
    visitor.profile = { name: name ?? sub, email: `${sub}@example.com`, verified: true };
    return visitor;
  }

  post(visitor, { client_key, body, kind = "chat" }) {
    const known = visitor.messages.find((message) => message.client_key === client_key);
    if (known) return [200, { conversation: visitor.conversation, message: known }];
    if (visitor.conversation?.status !== "open") {
      visitor.conversation = {
        id: `c${(this.made += 1)}`,
        kind,
        status: "open",
        opened_at: this.now().toISOString(),
        closed_at: null,
        closed_by: null,
        assignee: null,
        rating: null,
        operators_seen: 0,
      };
      visitor.seq = 0;
    }
    const message = this.message(visitor, { author: { kind: "visitor", name: null, picture: null }, body, client_key });
    this.happen(visitor, "message_posted", message);
    return [201, { conversation: visitor.conversation, message }];
  }

  batch(visitor, after) {
    const events = visitor.events.filter((event) => event.event_seq > after);
    const named = new Set(events.map((event) => event.message_id));
    const messages = visitor.messages.filter((message) => named.has(message.id));
    return { events, messages, conversation: visitor.conversation, after: visitor.after, more: false, reset: false };
  }

  accept(socket) {
    if (this.noSockets) return socket.close({ code: 1011 });
    if (this.down) return socket.close({ code: 1006 });
    socket.onMessage((text) => {
      const frame = JSON.parse(text);
      if (frame.type === "typing") {
        this.requests.push("typing");
        this.news.emit("news");
      }
      if (frame.type !== "hello") return;
      if (this.down) return socket.close({ code: 1006 });
      const visitor = this.visitors.get(frame.token);
      if (!visitor) return socket.close({ code: 4401 });
      const peer = { socket, visitor, after: frame.after };
      this.sockets.add(peer);
      const { conversation } = visitor;
      socket.send(JSON.stringify({ type: "ready", presence: { online: this.online }, conversation, after: frame.after }));
      this.push(peer);
      this.news.emit("news");
    });
    socket.onClose(() => {
      for (const peer of this.sockets) if (peer.socket === socket) this.sockets.delete(peer);
    });
  }

  push(peer) {
    if (peer.after >= peer.visitor.after) return;
    peer.socket.send(JSON.stringify({ type: "batch", ...this.batch(peer.visitor, peer.after) }));
    peer.after = peer.visitor.after;
  }
}

export function problem(name, status, detail, more = {}) {
  return { type: `urn:threadline:problem:${name}`, title: name, status, detail, request_id: "r1", ...more };
}
