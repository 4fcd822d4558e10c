// A TCP proxy between a browser and the program, for what happens to real networks: cut, hanging, there again, and answers
// that are lost on the way. Of what goes through it, it knows only what a test tells it to look for.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Proxy {
  constructor() {
    /** The program's address; null while it isn't running, and then nobody gets in. */
    this.to = null;
    this.pairs = new Set();
    /** `open`: everything passes. `cut`: nobody gets in. `hanging`: connections stand, and nothing comes through. */
    this.state = "open";
    /** Requests whose next answer is lost, each once, as patterns of their first line; with what is called then. */
    this.losses = [];
    this.server = createServer((socket) => this.accept(socket));
  }

  async listen() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  accept(inner) {
    inner.on("error", () => undefined);
    if (this.state === "cut" || this.to === null) {
      inner.resetAndDestroy();
      return;
    }
    const outer = connect(Number(this.to.port), this.to.hostname);
    const pair = { inner, outer };
    this.pairs.add(pair);
    const end = () => {
      inner.destroy();
      outer.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of [inner, outer]) socket.on("error", end).on("close", end);
    inner.pipe(outer);
    outer.pipe(inner);
    inner.on("data", (data) => this.look(pair, data));
    if (this.state === "hanging") this.hold(pair);
  }

  /** Ends every connection at once, and lets no new one in. */
  cut() {
    this.state = "cut";
    for (const { inner } of [...this.pairs]) inner.resetAndDestroy();
  }

  /** Nothing comes through any more, and nobody is told. */
  hang() {
    this.state = "hanging";
    for (const pair of this.pairs) this.hold(pair);
  }

  /** What is connected now is forgotten on the way, and nobody is told; new connections pass. */
  swallow() {
    for (const pair of this.pairs) {
      this.hold(pair);
      pair.swallowed = true;
    }
  }

  /** The network is back; what hung goes on where it was, and whatever was swallowed is told so at last. */
  restore() {
    this.state = "open";
    for (const { inner, outer, held, swallowed } of [...this.pairs]) {
      if (swallowed) inner.resetAndDestroy();
      else if (held) {
        inner.pipe(outer);
        outer.pipe(inner);
      }
    }
    for (const pair of this.pairs) pair.held = false;
  }

  /** The server gets the next request like this, and its answer is lost with the connection. Resolves when that is done. */
  loseAnswer(pattern) {
    return new Promise((lost) => this.losses.push({ pattern, lost }));
  }

  look(pair, data) {
    const [line] = data.toString("latin1").split("\r\n", 1);
    const at = this.losses.findIndex(({ pattern }) => pattern.test(line));
    if (at < 0) return;
    const [{ lost }] = this.losses.splice(at, 1);
    pair.outer.unpipe(pair.inner);
    pair.outer.once("data", () => {
      pair.inner.resetAndDestroy();
      lost();
    });
    pair.outer.resume();
  }

  hold(pair) {
    const { inner, outer } = pair;
    pair.held = true;
    inner.unpipe(outer);
    outer.unpipe(inner);
    inner.pause();
    outer.pause();
  }

  async close() {
    this.cut();
    this.server.close();
    await once(this.server, "close");
  }
}
