// The content stamp of the front end's sources: the same rule as build/stamp.rs, which compares the two after a build.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const SOURCES = [".npmrc", "api", "demo", "package-lock.json", "package.json", "pages", "scripts", "texts", "tsconfig.json", "widget"];

/** Every source file below `root`, relative, with `/` between the parts, in byte order; tests are left out. */
export function sourceFiles(root) {
  const found = [];
  const waiting = [...SOURCES];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const path = join(root, name);
    if (!existsSync(path)) continue;
    if (statSync(path).isDirectory()) {
      if (name.split("/").at(-1) === "test") continue;
      for (const entry of readdirSync(path)) waiting.push(`${name}/${entry}`);
    } else if (!/\.test\.(ts|tsx|mjs)$/.test(name)) {
      found.push(name);
    }
  }
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** SHA-256 over `path NUL length NUL bytes` of every source file, as hex. */
export function stampOf(root) {
  const hash = createHash("sha256");
  for (const name of sourceFiles(root)) {
    const bytes = readFileSync(join(root, name));
    hash.update(name).update("\0").update(String(bytes.length)).update("\0").update(bytes);
  }
  return hash.digest("hex");
}
