// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { inMemory, type Storage } from "../../../widget/storage";
import { Refused, Unreachable } from "../../kit/api";
import { message } from "../test/samples";
import { Outbox } from "./outbox";
import { Sender } from "./sender";

type Post = ConstructorParameters<typeof Sender>[0]["post"];

function sender(post: Post, storage: Storage = inMemory()) {
  const posted = vi.fn();
  return { posted, storage, sender: new Sender({ storage, locks: null, operator: "ada", post, onPosted: posted }) };
}

const refusal = (status: number, detail: string, afterMs: number | null = null) =>
  new Refused(status, { type: "urn:threadline:problem:x", title: "x", status, detail }, afterMs);

describe("the sender", () => {
  it("posts in order and lets go of what was accepted", async () => {
    const bodies: string[] = [];
    const { sender: one, posted } = sender(async (_, { body, client_key }) => {
      bodies.push(body);
      return { message: message(10, { client_key }) };
    });
    one.send("c", " first ", false);
    one.send("c", "second", true);
    await vi.waitFor(() => expect(one.items.value).toEqual([]));
    expect(bodies).toEqual(["first", "second"]);
    expect(posted).toHaveBeenCalledTimes(2);
  });

  it("keeps what got no answer, over a reload and under the same key", async () => {
    const keys: string[] = [];
    const storage = inMemory();
    const away = sender(async (_, { client_key }) => {
      keys.push(client_key);
      throw new Unreachable("away");
    }, storage);
    away.sender.send("c", "words", false);
    await vi.waitFor(() => expect(away.sender.delayed.value).toBe(true));
    away.sender.stop();
    const back = sender(async (_, { client_key }) => {
      keys.push(client_key);
      return { message: message(10, { client_key }) };
    }, storage);
    expect(back.sender.items.value).toHaveLength(1);
    back.sender.hurry();
    await vi.waitFor(() => expect(back.sender.items.value).toEqual([]));
    expect(new Set(keys).size).toBe(1);
  });

  it("tries at once when the network is back, and earlier than the server asked only for the operator", async () => {
    vi.useFakeTimers();
    try {
      const post = vi.fn<Post>(async (_, { client_key }) => ({ message: message(10, { client_key }) }));
      const { sender: one } = sender(post);
      const settle = () => vi.advanceTimersByTimeAsync(0);
      post.mockRejectedValueOnce(new Unreachable("away")).mockRejectedValueOnce(refusal(429, "Slowly.", 600_000));
      one.send("c", "words", false);
      await settle();
      expect(post).toHaveBeenCalledTimes(1);
      one.hurry();
      await settle();
      expect(post).toHaveBeenCalledTimes(2);
      one.hurry();
      await settle();
      expect(post).toHaveBeenCalledTimes(2);
      one.retry(one.items.value[0]?.client_key ?? "");
      await settle();
      expect(one.items.value).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps the order of what was written before the clock was set back, over a reload", () => {
    const storage = inMemory();
    const clock = (now: number) => new Outbox(storage, () => now);
    clock(5_000).add("c", "first", false);
    clock(1_000).add("c", "second", false);
    expect(clock(1_000).items().map(({ body }) => body)).toEqual(["first", "second"]);
  });

  it("marks what was turned down and goes on with the rest", async () => {
    const { sender: one } = sender(async (_, { body, client_key }) => {
      if (body === "bad") throw refusal(409, "The conversation is closed.");
      return { message: message(10, { client_key }) };
    });
    one.send("c", "bad", false);
    one.send("c", "good", false);
    await vi.waitFor(() => expect(one.items.value.map(({ body, failed }) => [body, failed])).toEqual([["bad", "The conversation is closed."]]));
    one.discard(one.items.value[0]?.client_key ?? "");
    expect(one.items.value).toEqual([]);
  });
});
