// drawer.js - mark the row whose target is open, move the focus into the drawer, close it without leaving the list

const worklist = () => document.querySelector("#worklist");

export function mark() {
  const drawer = document.querySelector("#drawer[data-target]");
  worklist()?.classList.toggle("with-drawer", drawer !== null);
  for (const row of document.querySelectorAll("#rows tr[aria-current]")) row.removeAttribute("aria-current");
  if (!drawer) return;
  const row = document.getElementById(`t-${drawer.dataset.target}`);
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
}

export function close() {
  const link = document.querySelector("#drawer [data-close]");
  if (!link) return;
  const row = document.querySelector("#rows tr[aria-current]");
  const empty = document.createElement("aside");
  empty.id = "drawer";
  empty.hidden = true;
  document.querySelector("#drawer").replaceWith(empty);
  history.pushState({}, "", link.href);
  mark();
  row?.querySelector("a.open")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-close]");
  if (!link || event.ctrlKey || event.metaKey || event.button !== 0) return;
  event.preventDefault();
  close();
});

// A place on the map is a target as well.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#drawer a[data-drawer]:not([hx-get])");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const href = link.getAttribute("href");
  window.htmx.ajax("GET", href, { target: "#drawer", swap: "outerHTML" });
  history.pushState({ htmx: true }, "", href);
});

document.addEventListener("htmx:afterSettle", (event) => {
  mark();
  const { verb, headers } = event.detail.requestConfig ?? {};
  if (verb !== "get" || headers?.["HX-Target"] !== "drawer") return;
  const drawer = document.querySelector("#drawer");
  // Whoever is writing there already stays where they are.
  if (drawer?.contains(document.activeElement)) return;
  const tab = document.querySelector("#drawer .tabs [aria-current]");
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (event.detail.requestConfig.elt?.closest?.("#rows")) drawer?.focus({ preventScroll: true });
  else tab?.focus({ preventScroll: true });
});

// Back and forward: the address says what is shown.
window.addEventListener("popstate", () => location.reload());
