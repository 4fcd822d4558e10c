// Keeps the widget on pages that change their content without loading anew (Turbo, htmx and the like): these throw the old
// body away, and the widget in it. Who removes the widget alone means it, and isn't contradicted before the next page.

/** Said by the loader where it runs a second time. */
export const LOADED_AGAIN = "threadline:loaded-again";

/** What the browser and such libraries call out when another page is shown. */
const NAVIGATED = ["popstate", "turbo:load", "turbolinks:load", "astro:page-load", "htmx:historyRestore", LOADED_AGAIN];

export function keepOnPage(element: HTMLElement): void {
  const putBack = () => {
    if (!element.isConnected && document.body) document.body.append(element);
  };
  const watch = new MutationObserver((records) => {
    const newBody = records.some(({ target }) => target === document.documentElement);
    if (newBody) observe();
    const removed = records.flatMap(({ removedNodes }) => [...removedNodes]);
    if (newBody || (removed.length > 1 && removed.includes(element))) putBack();
  });
  const observe = () => {
    watch.disconnect();
    watch.observe(document.documentElement, { childList: true });
    if (document.body) watch.observe(document.body, { childList: true });
  };
  observe();
  // Captured, because not all of these bubble.
  for (const name of NAVIGATED) addEventListener(name, putBack, { capture: true });
}
