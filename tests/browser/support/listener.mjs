// What a screen reader would say of itself while something happens on a page: the words that appear in live regions that
// were there before, and new alerts. What is only shown is not among it.

/** Begins to listen, in the page and in the widget's shadow root. @returns what was heard since the last asking */
export async function listen(page) {
  await page.evaluate(() => {
    window.heard = [];
    const LIVE = { status: "polite", log: "polite", alert: "assertive" };
    const outside = (node) => node.parentElement ?? (node.getRootNode() instanceof ShadowRoot ? node.getRootNode().host : null);
    /** Whether what appears in this element is said. */
    const isLive = (element) => {
      for (let each = element, live = null; ; each = outside(each)) {
        if (each === null) return live !== null && live !== "off";
        if (each.getAttribute("aria-hidden") === "true" || each.hidden) return false;
        live ??= each.getAttribute("aria-live") ?? LIVE[each.getAttribute("role")] ?? null;
      }
    };
    const words = (node) => (node.nodeType === Node.ELEMENT_NODE && node.getAttribute("aria-hidden") === "true" ? "" : (node.textContent ?? "").trim());
    const say = (text) => text !== "" && window.heard.push(text.replace(/\s+/g, " "));
    const noted = (records) => {
      for (const { type, target, addedNodes } of records) {
        const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
        if (element === null) continue;
        if (isLive(element)) say(type === "characterData" ? words(target) : [...addedNodes].map(words).join(" "));
        else {
          for (const added of addedNodes) {
            if (added.nodeType !== Node.ELEMENT_NODE) continue;
            for (const alert of [added, ...added.querySelectorAll("*")]) if (alert.getAttribute("role") === "alert") say(words(alert));
          }
        }
      }
    };
    for (const root of [document, ...[...document.querySelectorAll("*")].flatMap((each) => each.shadowRoot ?? [])]) {
      new MutationObserver(noted).observe(root, { subtree: true, childList: true, characterData: true });
    }
  });
  return {
    /** Waits until something like this is said. */
    hears: (pattern, options) => page.waitForFunction(([source, flags]) => window.heard.some((said) => new RegExp(source, flags).test(said)), [pattern.source, pattern.flags], options),
    /** All that was said since this was last asked. */
    all: () => page.evaluate(() => window.heard.splice(0)),
  };
}
