// The program that the demo's tests drive: one that runs already (THREADLINE_DEMO_URL), or a binary that is started for
// them (THREADLINE_BIN) and stopped afterwards.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { launch } from "./browser.mjs";

const START_MS = 30_000;

/**
 * @param {number} port 0 takes a free one; another only where a binary is given
 * @param {string[]} more more arguments, only where a binary is given
 * @returns {Promise<{url: string, stop: () => Promise<void>} | null>} null where neither is given */
export async function startDemo(port = 0, more = []) {
  const { THREADLINE_DEMO_URL, THREADLINE_BIN, THREADLINE_WEB_DIR } = process.env;
  if (THREADLINE_DEMO_URL) return { url: THREADLINE_DEMO_URL.replace(/\/(demo)?\/?$/, ""), stop: async () => {} };
  if (!THREADLINE_BIN) return null;
  // While the pages are worked on: those of a folder (web/dist) instead of those in the binary.
  const pages = THREADLINE_WEB_DIR ? ["--web-dir", THREADLINE_WEB_DIR] : [];
  const child = spawn(THREADLINE_BIN, ["demo", "--port", String(port), ...more, ...pages], { stdio: ["ignore", "pipe", "inherit"], env: { RUST_LOG: "error", ...process.env } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${THREADLINE_BIN} demo printed no address in ${START_MS} ms`)), START_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^Open (http:\/\/\S+)\/demo/.exec(line);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${THREADLINE_BIN} demo ended with ${code}`)));
  }).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The demo and a browser for a file of tests, both gone when its tests are. `skip` says what is missing where there is none. */
export async function openDemo() {
  const demo = await startDemo();
  if (demo === null) return { demo, browser: null, skip: "set THREADLINE_BIN or THREADLINE_DEMO_URL" };
  after(() => demo.stop());
  const browser = await launch();
  after(() => browser.close());
  return { demo, browser, skip: false };
}
