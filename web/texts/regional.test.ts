import { afterEach, expect, it, vi } from "vitest";
import { regional } from "./index";

const asked = (...languages: string[]) => vi.stubGlobal("navigator", { languages });
afterEach(() => void vi.unstubAllGlobals());

it("writes dates as where the browser's owner lives, in the language that is spoken", () => {
  asked("de-AT", "en-GB", "en");
  expect(regional("en")).toBe("en-GB");
  expect(regional("de")).toBe("de-AT");
  expect(regional("fr")).toBe("fr");
});

it("takes no tag that Intl may refuse, and keeps the digits of Arabic", () => {
  asked("en-US@posix", "en", "ar-EG");
  expect(regional("en")).toBe("en");
  expect(regional("ar")).toBe("ar");
  vi.stubGlobal("navigator", undefined);
  expect(regional("en")).toBe("en");
});
