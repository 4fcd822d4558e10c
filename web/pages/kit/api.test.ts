// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { fieldOf, reason, Refused } from "./api";
import { speak } from "./i18n";

const refused = (kind: string, detail: string) => new Refused(422, { type: `urn:threadline:problem:${kind}`, title: "No", status: 422, detail }, null);

describe("what a person is told of a refusal", () => {
  afterEach(() => speak(["en"]));

  it("is the server's word in English, and the page's own in its language", async () => {
    const closed = refused("conversation-closed", "There is no open conversation.");
    expect(reason(closed)).toBe("There is no open conversation.");
    await speak(["de"]);
    expect(reason(closed)).toBe("Die Unterhaltung ist geschlossen.");
    expect(reason(refused("validation-failed", "`name`: is too long."))).toBe("Der Server nimmt das nicht an: `name`: is too long.");
    expect(reason(refused("of-tomorrow", "Something new."))).toBe("Something new.");
  });

  it("stands at the field that it is about, in every language", async () => {
    const wrong = new Refused(422, { type: "urn:threadline:problem:validation-failed", title: "No", status: 422, field: "name" }, null);
    await speak(["de"]);
    expect([fieldOf(wrong), fieldOf(refused("conflict", "Not now.")), fieldOf(new Error("no line"))]).toEqual(["name", null, null]);
  });
});
