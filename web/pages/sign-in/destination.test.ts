import { expect, it } from "vitest";
import { destination } from "./destination";

const kept = (value: string | null) => ({ getItem: () => value, removeItem: () => undefined });

it("leads to a page of ours and nowhere else", () => {
  for (const ours of ["/inbox", "/history?q=tea", "/admin#operators", "/inbox#conversation=1"]) expect(destination(kept(ours))).toBe(ours);
  for (const other of [null, "", "//evil.example", "https://evil.example/inbox", "/inboxed", "/sign-in", "javascript:alert(1)", "/inbox/../x"]) {
    expect(destination(kept(other))).toBe("/inbox");
  }
  expect(destination(null)).toBe("/inbox");
});
