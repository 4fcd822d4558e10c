// The demo page's own behaviour: on a narrow screen, tabs instead of columns. The widget is the real one, put in
// place by its script tag like on any website.

const tabs = [...document.querySelectorAll<HTMLButtonElement>("[role=tab]")];

function show(chosen: HTMLButtonElement): void {
  for (const tab of tabs) {
    const selected = tab === chosen;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls") ?? "")?.classList.toggle("shown", selected);
  }
  // Over a team chat, the visitor's widget would cover the operator's composer.
  document.body.classList.toggle("at-team", chosen.id !== "tab-shop");
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step === undefined ? undefined : tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    show(next);
    next.focus();
  });
}
