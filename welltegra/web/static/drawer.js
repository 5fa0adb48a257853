// drawer.js - mark the row whose target is open, move the focus into the drawer, close it without leaving the list

const worklist = () => document.querySelector("#worklist");

export function mark() {
  const drawer = document.querySelector("#drawer[data-target]");
  worklist()?.classList.toggle("with-drawer", drawer !== null);
  for (const row of document.querySelectorAll("#rows tr[aria-current]")) row.removeAttribute("aria-current");
  if (!drawer) return;
  const row = document.getElementById(`t-${drawer.dataset.target}`);
  row?.setAttribute("aria-current", "true");
  // Where one stands is where one looks, however it was opened.
  if (row) for (const other of document.querySelectorAll("#rows tr.at")) if (other !== row) other.classList.remove("at");
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

// On paper a target has all its tabs, one after the other; the address that is open has but one.
async function wholeOf(drawer) {
  const links = [...drawer.querySelectorAll(".tabs a:not([aria-current])")];
  const asked = { headers: { "HX-Request": "true", "HX-Target": "drawer" } };
  const answers = await Promise.all(links.map((link) => fetch(link.href, asked).then((answer) => (answer.ok ? answer.text() : ""))));
  return answers.flatMap((html, k) => {
    const tab = new DOMParser().parseFromString(html, "text/html").querySelector(".tab");
    if (!tab) return [];
    const head = document.createElement("h2");
    head.textContent = links[k].textContent.trim().replace(/ \d+$/, "");
    const part = document.createElement("section");
    part.className = "on-paper further";
    part.append(head, document.importNode(tab, true));
    return [part];
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-print]");
  if (!button) return;
  const drawer = document.querySelector("#drawer");
  button.disabled = true;
  const parts = await wholeOf(drawer).catch(() => []);
  button.disabled = false;
  drawer.querySelector(".review").before(...parts);
  drawer.querySelector(".history")?.setAttribute("open", "");
  window.addEventListener("afterprint", () => parts.forEach((part) => part.remove()), { once: true });
  window.print();
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

// Back and forward: the address says what is shown. Who goes on while a page comes again is not heard by this: then it
// is of another address than where one is by now.
window.addEventListener("popstate", () => location.reload());
const [came] = performance.getEntriesByType("navigation");
const whole = (address) => address.split("#")[0];
if (came?.type === "reload" && whole(came.name) !== whole(location.href)) location.reload();
