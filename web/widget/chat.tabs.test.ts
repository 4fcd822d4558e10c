// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { inTestTime, made, settle, shared } from "./test/chat";

inTestTime();

describe("two tabs", () => {
  it("become one visitor", async () => {
    const { tab } = shared();
    const [left, right] = [made(tab()), made(tab())];
    left.chat.start();
    await settle();
    expect(right.http.session).toHaveBeenCalledWith(expect.objectContaining({ visitor_token: "t1" }));
    expect(right.chat.state.phase).toBe("ready");
  });

  it("show what the other sends, with nothing missing in between", async () => {
    const { tab } = shared();
    const [left, right] = [made(tab()), made(tab())];
    left.chat.start();
    await settle();
    const seen: number[] = [];
    right.chat.subscribe(() => seen.push(right.chat.state.messages.length + right.chat.state.pending.length));
    left.chat.send("hello");
    expect(right.chat.state.pending.map((pending) => pending.body)).toEqual(["hello"]);
    await settle();
    expect(right.chat.state.messages.map((each) => each.body)).toEqual(["hello"]);
    expect(right.http.post).not.toHaveBeenCalled();
    expect(Math.min(...seen)).toBeGreaterThan(0);
  });
});
