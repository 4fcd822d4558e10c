import { describe, expect, it } from "vitest";
import { leastMs } from "../../widget/test/quick";
import { alarms } from "./alarms";

describe("alarms", () => {
  it.each([
    ["4111 1111 1111 1111", "card"],
    ["pay with 5500-0000-0000-0004, please", "card"],
    ["378282246310005", "card"],
    ["Card 4242 4242 4242 4242 12/27", "card"],
    ["4242 4242 4242 4242 123", "card"],
    ["378282246310005 1234", "card"],
    ["3782 822463 10005 1234", "card"],
    ["12 4242 4242 4242 4242", "card"],
    ["2 cards: 4242.4242.4242.4242. Both?", "card"],
    ["4242\u00a04242\u00a04242\u00a04242", "card"],
    ["4242  4242  4242  4242", "card"],
    ["4242–4242–4242–4242 12 27 123", "card"],
    ["4242 - 4242 - 4242 - 4242", "card"],
    ["4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "card"],
    ["6011000990139424 30569309025904", "card"],
    ["3530111333300000", "card"],
    ["\u206642\u200b42 4242\u00ad 4242 4242\u2069", "card"],
    ["٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "card"],
    ["key: sk_live_4eC39HqLyjWDarjtT1zdp7dc", "secret"],
    ["xoxb-123456789012-abcdefABCDEF", "secret"],
    ["AKIAIOSFODNN7EXAMPLE", "secret"],
    ["-----BEGIN RSA PRIVATE KEY-----", "secret"],
    ["-----BEGIN PRIVATE KEY-----", "secret"],
    ["password: hunter22", "secret"],
    ["Passwort = geheim1", "secret"],
    ["şifre: kedi123", "secret"],
    ["postgres://me:s3cret@db.example/x", "secret"],
  ])("warns of %j", (text, alarm) => expect(alarms(text)).toEqual([alarm]));

  it.each([
    "Your order 4111 1111 1111 1112 is on its way",
    "Call +49 30 1234 5678 90",
    "Call 00 49 171 2345678 or 030 901820, extension 4242",
    "Open 09.00-18.00, closed 24.12.2026-02.01.2027",
    "Transfer it to DE89 3704 0044 0532 0130 00",
    "It weighs 4242 4242 / 4242 4242 grams",
    "4242 4242, 4242 4242",
    "42424242424242424242",
    "0000 0000 0000 0000",
    "4444 4444 4444 4444",
    "I forgot my password, can you help?",
    "Tracking number 00340434161094042557",
    "See https://shop.example/kettles:copper",
    "",
  ])("lets %j pass", (text) => expect(alarms(text)).toEqual([]));

  it("takes few other long numbers for a card", () => {
    // The same ones each time.
    let state = 1;
    const digits = (count: number) => Array.from({ length: count }, () => (state = (state * 48_271) % 2_147_483_647) % 10).join("");
    const alarming = (make: () => string) => Array.from({ length: 2_000 }, make).filter((text) => alarms(text).length > 0).length / 2_000;
    // One in ten is right by Luhn's rule; how it begins and how long it is leaves one in thirty of them.
    for (let count = 10; count <= 20; count += 1) expect(alarming(() => `Order ${digits(count)}`), `${count} digits`).toBeLessThan(0.05);
    expect(alarming(() => `+49 ${digits(3)} ${digits(4)} ${digits(4)}`)).toBe(0);
    expect(alarming(() => `0${digits(4)} ${digits(3)} ${digits(3)} or 0${digits(3)}-${digits(7)}`)).toBe(0);
    expect(alarming(() => `Invoice 2026-${digits(5)}, order ${digits(8)}`)).toBe(0);
  });

  it("finds both, and stays quick on long nonsense", () => {
    expect(alarms("4111111111111111 password: hunter22")).toEqual(["card", "secret"]);
    const nonsense = ["1 2-3 ".repeat(2_000) + "a:".repeat(5_000) + "password ".repeat(1_000), "4".repeat(10_000), "40 ".repeat(3_334), "4 ".repeat(5_000), "a".repeat(10_000), "4 . - ".repeat(1_700)];
    const work = () => nonsense.forEach((text) => alarms(text));
    expect(leastMs(work)).toBeLessThan(500);
  });
});
