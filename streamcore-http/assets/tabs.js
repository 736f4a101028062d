// Tabs: one panel at a time, arrows between them, as screen readers know it.

/** Connects each `role=tablist` of the page. */
export function connect() {
  for (const list of document.querySelectorAll("[role=tablist]")) {
    const tabs = [...list.querySelectorAll("[role=tab]")];
    for (const [index, tab] of tabs.entries()) {
      tab.addEventListener("click", () => choose(tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = tabs[(index + step + tabs.length) % tabs.length];
        choose(next);
        next.focus();
      });
    }
  }
}

/** What a person does: others may want to know. */
function choose(tab) {
  open(tab.id);
  tab.dispatchEvent(new CustomEvent("tab-chosen", { bubbles: true }));
}

/** Opens the panel of this tab. */
export function open(id) {
  const wanted = document.getElementById(id);
  for (const tab of wanted.closest("[role=tablist]").querySelectorAll("[role=tab]")) {
    const chosen = tab === wanted;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
}
