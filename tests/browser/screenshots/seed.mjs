// Fills a demo as people would: visitors write, operators answer, close and tag, visitors rate. All of it over the HTTP API.
import { randomUUID } from "node:crypto";
import { OPEN, TALKS, VISITORS, dice } from "./talk.mjs";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS = 30;

async function call(url, method, path, body, headers) {
  const response = await fetch(`${url}${path}`, { method, headers: { origin: url, "content-type": "application/json", ...headers }, body: body && JSON.stringify(body) });
  if (response.status === 429) {
    await new Promise((done) => setTimeout(done, 1_000 * Number(response.headers.get("retry-after") ?? 1)));
    return call(url, method, path, body, headers);
  }
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}

/** Signs an operator in by the demo's link. */
export async function operator(url, name) {
  const entered = await fetch(`${url}/demo/inbox?name=${encodeURIComponent(name)}`, { redirect: "manual" });
  const token = entered.headers.get("location").split("#")[1];
  const response = await fetch(`${url}/v1/inbox/session`, { method: "POST", headers: { origin: url, "content-type": "application/json" }, body: JSON.stringify({ token }) });
  const cookie = response.headers.get("set-cookie").split(";")[0];
  return { name, act: (method, path, body) => call(url, method, `/v1/inbox/${path}`, body, { cookie }) };
}

/** A visitor who says who they are and writes. */
async function visitor(url, origin, domain, [name, email], page) {
  const post = (method, path, body, token) => call(url, method, `/v1/widget/${path}`, body, { origin, ...(token ? { authorization: `Bearer ${token}` } : {}) });
  const { visitor_token: token } = await post("POST", "sessions", { domain, page, language: "en-GB", time_zone: "Europe/London" });
  if (name !== null) await post("PATCH", "visitor", { name, email }, token);
  return {
    say: async (body) => (await post("POST", "messages", { client_key: randomUUID(), body, page }, token)).conversation,
    rate: (conversation, stars, comment) => post("POST", "conversation/rating", { conversation_id: conversation, stars, comment }, token),
  };
}

const reply = (who, conversation, body, note = false) => who.act("POST", `conversations/${conversation}/messages`, { client_key: randomUUID(), body, note });

/** How many conversations a day sees: few on Saturday and Sunday. */
function busy(daysAgo, roll) {
  const weekday = new Date(Date.now() - daysAgo * DAY_MS).getDay();
  return weekday === 0 || weekday === 6 ? 1 + roll(3) : 3 + roll(4);
}

/**
 * A month of conversations that are over.
 * @returns when each of them was: `{id, began, answered, closed}`, milliseconds
 */
export async function month(url, origin, operators) {
  const roll = dice(20);
  const was = [];
  for (let daysAgo = DAYS - 1; daysAgo >= 0; daysAgo -= 1) {
    const jobs = Array.from({ length: busy(daysAgo, roll) }, () => {
      const talk = TALKS[roll(TALKS.length)];
      return { talk, who: VISITORS[roll(VISITORS.length)], domain: talk.tags.includes("wholesale") ? "wholesale.example" : roll(3) === 0 ? "docs.shop.example" : "tea.example", by: operators[roll(operators.length)], dice: [roll(100), roll(100), roll(100), roll(100)] };
    });
    was.push(...(await Promise.all(jobs.map((job) => over(url, origin, job, daysAgo)))));
  }
  return was;
}

async function over(url, origin, { talk, who, domain, by, dice: [hour, slow, long, mood] }, daysAgo) {
  const guest = await visitor(url, origin, domain, who, { url: `${origin}/${domain}/kettles`, title: "Kettles" });
  const { id } = await guest.say(talk.say);
  await by.act("POST", `conversations/${id}/assign`, { operator: "me" });
  await reply(by, id, talk.answer);
  await guest.say(talk.thanks);
  await by.act("PUT", `conversations/${id}/tags`, { tags: talk.tags });
  await by.act("POST", `conversations/${id}/close`, {});
  if (mood < 62) await guest.rate(id, mood < 4 ? 2 : mood < 12 ? 3 : mood < 30 ? 4 : 5, mood === 40 ? "Quick and kind" : undefined);
  const midnight = new Date(Date.now() - daysAgo * DAY_MS).setHours(0, 0, 0, 0);
  // Today's are over by now; other days' are spread over the shop's hours.
  const began = daysAgo === 0 ? Date.now() - (60 + hour * 3) * MINUTE_MS : midnight + (8 * 60 + hour * 6) * MINUTE_MS;
  const answered = began + (25 + slow * slow * 0.055) * 1000;
  const closed = answered + (4 + (long * long) / 140) * MINUTE_MS;
  return { id, began, answered, closed: Math.min(closed, Date.now() - 5 * MINUTE_MS) };
}

/** What is open at the shop now. @returns like `month`, with `closed: null` */
export async function today(url, operators) {
  const was = [];
  const named = (name) => operators.find((each) => each.name === name);
  for (const { name, email, page: [path, title], minutes, said, answers = [], then = [], after = [], care, tags } of OPEN) {
    const guest = await visitor(url, url, "shop.example", [name, email], { url: `${url}${path}`, title });
    let id;
    for (const text of said) ({ id } = await guest.say(text));
    const by = care && named(care);
    if (by) await by.act("POST", `conversations/${id}/assign`, { operator: "me" });
    for (const text of answers) await reply(by, id, text);
    for (const text of then) await guest.say(text);
    for (const text of after) await reply(by, id, text);
    if (tags) await by.act("PUT", `conversations/${id}/tags`, { tags });
    const began = Date.now() - minutes * MINUTE_MS;
    was.push({ id, began, answered: answers.length > 0 ? began + 2 * MINUTE_MS : null, closed: null });
  }
  return was;
}

export { reply };
