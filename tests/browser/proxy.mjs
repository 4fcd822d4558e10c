// A TCP proxy between a browser and the program, for what happens to real networks: cut, hanging, and there again. It
// knows nothing about what goes through it.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class Proxy {
  /** @param {string} to the program's address, `http://127.0.0.1:40409` */
  constructor(to) {
    this.to = new URL(to);
    this.pairs = new Set();
    /** `open`: everything passes. `cut`: nobody gets in. `hanging`: connections stand, and nothing comes through. */
    this.state = "open";
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
    if (this.state === "cut") {
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

  /** The network is back; what hung goes on where it was. */
  restore() {
    this.state = "open";
    for (const { inner, outer } of this.pairs) {
      inner.pipe(outer);
      outer.pipe(inner);
    }
  }

  hold({ inner, outer }) {
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
