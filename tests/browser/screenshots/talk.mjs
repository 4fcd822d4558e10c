// Who writes on the screenshots, and what: made up, and natural enough that nobody has to explain it.

/** Always the same numbers, so that two runs show the same. */
export function dice(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export const VISITORS = [
  ["Hannah Vogt", "hannah@vogt.example"], ["José Ferreira", "jose@ferreira.example"], ["Chiara Conti", "chiara@conti.example"], ["Tom Becker", "tom@becker.example"],
  ["Amara Diallo", "amara@diallo.example"], ["Wei Zhang", "wei@zhang.example"], ["Sofia Papadaki", "sofia@papadaki.example"], ["Leyla Demir", "leyla@demir.example"],
  ["Oskar Nyberg", "oskar@nyberg.example"], ["Inés Romero", "ines@romero.example"], ["Grace Mwangi", "grace@mwangi.example"], ["Pavel Novák", "pavel@novak.example"],
  ["Yuki Tanaka", "yuki@tanaka.example"], ["Claire Dubois", "claire@dubois.example"], ["Samuel Adeyemi", "sam@adeyemi.example"], ["Freja Holm", "freja@holm.example"],
];

/** One question and how it went on, and what the team called it. */
export const TALKS = [
  { tags: ["shipping"], say: "How long does shipping to Norway take?", answer: "Four to six days. You get a tracking link as soon as it leaves the workshop.", thanks: "Perfect, thank you!" },
  { tags: ["shipping"], say: "My parcel has been in Hamburg since Monday. Is something wrong?", answer: "The carrier lost a scan, I have asked them. It should move again tomorrow.", thanks: "It moved! Thanks for looking." },
  { tags: ["returns"], say: "The lid arrived with a chip. Can I send it back?", answer: "No need to, I'm sending you a new one today.", thanks: "That is very kind of you." },
  { tags: ["returns", "billing"], say: "When will I see the refund on my card?", answer: "It left us on Tuesday; banks take up to five days.", thanks: "Got it, thank you." },
  { tags: ["billing"], say: "Could you put our VAT number on the invoice?", answer: "Of course. The corrected invoice is in your mailbox.", thanks: "Great, that was quick" },
  { tags: ["kettles"], say: "Does the copper kettle work on induction?", answer: "It does: there is a steel plate in its base.", thanks: "Then I'll take one" },
  { tags: ["kettles"], say: "How do I get limescale out of the spout?", answer: "Half water, half vinegar, over night. Rinse twice.", thanks: "Worked like a charm" },
  { tags: ["teapots"], say: "Is the Harbour teapot back in stock?", answer: "Since this morning. Shall I keep one for you?", thanks: "Yes please!" },
  { tags: ["teapots", "present"], say: "Could you wrap the teapot as a present?", answer: "With pleasure, and a card if you tell me the words.", thanks: "Just “For Mum”. Thank you" },
  { tags: ["cups"], say: "Are the Tide cups safe in a dishwasher?", answer: "They are. Only the oak lids like to be washed by hand.", thanks: "Good to know" },
  { tags: ["workshop"], say: "Do you still offer the glazing course in December?", answer: "There are two places left on the 12th.", thanks: "I'd like one of them" },
  { tags: ["wholesale"], say: "We run a small café. Do you have prices for 24 cups?", answer: "We do, I have sent you our list.", thanks: "Received, we'll get back to you" },
];

/** What is open now: of today, on the shop itself. `minutes` ago the visitor began. */
export const OPEN = [
  { name: "Oskar Nyberg", email: "oskar@nyberg.example", page: ["/care/copper", "Care for copper"], minutes: 172, said: ["Which cloth do you recommend for polishing copper?"], answers: ["A soft cotton one, and a little lemon juice."], then: ["I'll try that, thanks"], care: "Ada Berg", after: ["You're welcome!"] },
  { name: "Inés Romero", email: "ines@romero.example", page: ["/cups/tide", "Tide cup, pair"], minutes: 95, said: ["Can I order a single Tide cup?"], answers: ["They come as a pair, but I can ask the workshop."], then: ["That would be great"], care: "Ben Okoro", after: ["They can. I'll send you a link tomorrow."], tags: ["cups"] },
  { name: "Wei Zhang", email: "wei@zhang.example", page: ["/checkout", "Checkout"], minutes: 31, said: ["The checkout says that my address isn't complete", "But all fields are filled in"], care: "Ben Okoro" },
  { name: null, email: null, page: ["/caddies/oak", "Tea caddy"], minutes: 12, said: ["Does the caddy hold 250 g of tea?"] },
  { name: "Leyla Demir", email: "leyla@demir.example", page: ["/kettles/iron", "Iron kettle"], minutes: 8, said: ["Merhaba! Is the iron kettle heavy?"], answers: ["2.1 kg when it's empty."], then: ["Oh, that's fine. And does it whistle?"], care: "Robin" },
];
