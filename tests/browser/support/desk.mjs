// An operator's browser at the real program, signed in as the demo lets people in, and visitors who write without one.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { complaints, openContext } from "../browser.mjs";

const DOMAIN = "shop.example";

/**
 * Signs somebody in by a link, spending it as the sign-in page does (sign-in.test.mjs uses its button). Without a name it is
 * the demo's admin.
 * @param {string} [at] the page to begin with
 * @param {object} [options.storageState] of one who is signed in already: an address may sign in ten times a minute
 * @returns the page, and what it has complained about and asked for
 */
export async function desk(test, browser, demo, { name, at = "/inbox", ...options } = {}) {
  const context = await openContext(test, browser, { viewport: { width: 1280, height: 860 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const complained = complaints(page);
  const asked = [];
  context.on("request", (request) => asked.push(request.url()));
  if (!options.storageState) {
    const link = await fetch(`${demo.url}/demo/inbox${name === undefined ? "" : `?name=${encodeURIComponent(name)}`}`, { redirect: "manual" });
    const token = new URL(link.headers.get("location"), demo.url).hash.slice(1);
    const signedIn = await context.request.post(`${demo.url}/v1/inbox/session`, { data: { token }, headers: { origin: demo.url } });
    assert.ok(signedIn.ok(), `signing in: ${signedIn.status()}`);
  }
  const go = async (path) => {
    await page.goto(`${demo.url}${path}`);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  };
  await go(at);
  return {
    context,
    page,
    complained,
    asked,
    /** Opens one of the pages. */
    go,
    /** A call of the API as the page makes it. */
    call: (method, path, body) =>
      page.evaluate(
        async ([method, path, body]) => {
          const response = await fetch(path, { method, ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}) });
          const text = await response.text();
          return { status: response.status, body: text === "" ? null : JSON.parse(text) };
        },
        [method, path, body],
      ),
  };
}

/** A visitor who writes over the API, as their widget does. */
export async function visitor(demo) {
  const headers = { origin: demo.url, "content-type": "application/json" };
  const send = async (method, path, body, token) => {
    const response = await fetch(`${demo.url}/v1/widget/${path}`, {
      method,
      headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers,
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, `${path}: ${response.status} ${response.ok ? "" : await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
  const post = (...told) => send("POST", ...told);
  const session = await post("sessions", { domain: DOMAIN });
  const token = session.visitor_token;
  return {
    typing: () => post("typing", {}, token),
    say: async (body, title = "Hearth & Kettle") =>
      (await post("messages", { client_key: randomUUID(), body, page: { url: `${demo.url}/demo`, title } }, token)).conversation,
    is: (name) => send("PATCH", "visitor", { name }, token),
    rate: (conversation, stars, comment) => post("conversation/rating", { conversation_id: conversation, stars, comment }, token),
  };
}

/** Fails where a page asked anybody but our own server. */
export function assertOnlyOurs(asked, demo) {
  const foreign = asked.filter((url) => !url.startsWith(`${demo.url}/`) && !url.startsWith(`${demo.url.replace("http", "ws")}/`) && !/^(data|blob):/.test(url));
  assert.deepEqual(foreign, [], "no page asks anybody else");
}
