// The real program as `threadline serve` runs it, behind two proxies (one for operators, one for visitors), with a shop's
// website beside it that no proxy cuts off. It can be killed and started again on the same database; who comes through
// the proxies doesn't notice that its port is another one then.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Proxy } from "../proxy.mjs";

const { THREADLINE_BIN: BINARY, THREADLINE_WEB_DIR: PAGES } = process.env;
const START_MS = 30_000;

/** What a file of tests passes to `describe` as `skip`. */
export const skip = BINARY ? false : "set THREADLINE_BIN";

export class Program {
  /** Writes the settings, opens the proxies and the shop, and starts it. */
  static async launch() {
    const program = new Program();
    program.folder = await mkdtemp(join(tmpdir(), "threadline-program-"));
    program.operators = await new Proxy().listen();
    program.visitors = await new Proxy().listen();
    await program.openShop();
    program.config = join(program.folder, "threadline.toml");
    await writeFile(
      program.config,
      `[server]\nlisten = "127.0.0.1:0"\npublic_url = "${program.operators.url}"\n\n` +
        `[database]\nurl = "sqlite:${join(program.folder, "threadline.db")}"\n\n` +
        `[[domain]]\nname = "shop.example"\norigins = ["${program.shop}"]\n`,
    );
    await program.start();
    return program;
  }

  async openShop() {
    const page = `<!doctype html><html lang="en"><title>Hearth &amp; Kettle</title><h1>Kettles</h1><script src="${this.visitors.url}/widget.js" data-domain="shop.example" async></script></html>`;
    this.website = createServer((_, response) => response.setHeader("content-type", "text/html; charset=utf-8").end(page));
    this.website.listen(0, "127.0.0.1");
    await once(this.website, "listening");
    this.shop = `http://127.0.0.1:${this.website.address().port}`;
  }

  /** On a port that was free: one that it had before may belong to somebody else by now. */
  async start() {
    const child = spawn(BINARY, ["serve", "--config", this.config, ...(PAGES ? ["--web-dir", PAGES] : [])], { stdio: ["ignore", "inherit", "pipe"], env: { ...process.env, RUST_LOG: "info" } });
    this.child = child;
    const lines = createInterface({ input: child.stderr });
    const log = [];
    /** Past all proxies; another one after each start. */
    this.url = await new Promise((resolve, reject) => {
      const failed = (why) => reject(new Error(`${BINARY} serve ${why}\n${log.join("\n")}`));
      const timer = setTimeout(() => failed(`isn't listening after ${START_MS} ms`), START_MS);
      // Read to its end, or the program would wait for somebody to read it.
      lines.on("line", (line) => {
        log.push(line);
        const listening = /listening on (http:\/\/\S+)/.exec(line);
        if (!listening) return;
        clearTimeout(timer);
        resolve(listening[1]);
      });
      child.once("error", reject);
      child.once("exit", (code) => failed(`ended with ${code}`));
    });
    this.operators.to = this.visitors.to = new URL(this.url);
  }

  /** Ends it as a power cut does. */
  async kill() {
    if (this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.operators.to = this.visitors.to = null;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  /** The database is gone, with everybody whom it knew. Only while the program doesn't run. */
  async forget() {
    for (const end of ["", "-wal", "-shm"]) await rm(join(this.folder, `threadline.db${end}`), { force: true });
  }

  /** A link that signs this operator in. */
  async invite(name, role = "admin") {
    const { stdout } = await promisify(execFile)(BINARY, ["invite", name, "--role", role, "--config", this.config]);
    return stdout.trim();
  }

  async close() {
    await this.kill();
    await Promise.all([this.operators.close(), this.visitors.close()]);
    this.website.closeAllConnections();
    this.website.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
