import { describe, expect, it } from "vitest";
import { alarms } from "./alarms";

describe("alarms", () => {
  it.each([
    ["4111 1111 1111 1111", "card"],
    ["pay with 5500-0000-0000-0004, please", "card"],
    ["378282246310005", "card"],
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
    "0000 0000 0000 0000",
    "I forgot my password, can you help?",
    "Tracking number 00340434161094042557",
    "See https://shop.example/kettles:copper",
    "",
  ])("lets %j pass", (text) => expect(alarms(text)).toEqual([]));

  it("finds both, and stays quick on long nonsense", () => {
    expect(alarms("4111111111111111 password: hunter22")).toEqual(["card", "secret"]);
    const began = performance.now();
    alarms("1 2-3 ".repeat(2_000) + "a:".repeat(5_000) + "password ".repeat(1_000));
    expect(performance.now() - began).toBeLessThan(500);
  });
});
