// keyboard.js - j k Enter Esc [ ] x 1 2 3 H / ? : the whole review without a mouse
import { close } from "./drawer.js";

const rows = () => [...document.querySelectorAll("#rows tr[id]")];
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
const current = () => document.querySelector("#rows tr.at") ?? document.querySelector("#rows tr[aria-current]");

function go(row) {
  if (!row) return;
  document.querySelector("#rows tr.at")?.classList.remove("at");
  row.classList.add("at");
  row.scrollIntoView({ block: "nearest" });
  // In an open drawer the next target opens; else the row only has the focus.
  if (document.querySelector("#drawer[data-target]")) row.querySelector("a.open").click();
  else row.querySelector("a.open").focus({ preventScroll: true });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function tab(by) {
  const tabs = [...document.querySelectorAll("#drawer .tabs a")];
  const at = tabs.findIndex((link) => link.hasAttribute("aria-current"));
  tabs[(at + by + tabs.length) % tabs.length]?.click();
}

function review(key) {
  const button = document.querySelector(`#review button[data-key="${key}"]`);
  if (!button) return;
  const note = document.querySelector("#note");
  if (button.hasAttribute("data-needs-note") && note.value.trim() === "") {
    note.focus();
    note.placeholder = `Say why, then Ctrl+Enter: ${button.value.replace("_", " ")}`;
    note.dataset.then = key;
    return;
  }
  button.click();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => current()?.querySelector(".pick input")?.click(),
  "[": () => tab(-1),
  "]": () => tab(1),
  1: () => review("1"),
  2: () => review("2"),
  3: () => review("3"),
  h: () => review("h"),
  "/": () => {
    document.querySelector("#rail")?.setAttribute("open", "");
    document.querySelector("#f-text")?.focus();
  },
  "?": () => document.querySelector("#keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.id === "note") {
    event.preventDefault();
    review(target.dataset.then ?? "1");
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    if (typing(target)) target.blur();
    else if (document.querySelector("details.menu[open]")) return;
    else close();
    return;
  }
  if (event.key === "Enter" && target.matches(".pick input")) {
    // Else it would send the form that the box belongs to.
    event.preventDefault();
    target.closest("tr").querySelector("a.open")?.click();
    return;
  }
  if (typing(target) || !document.querySelector("#worklist")) {
    if (event.key === "?" && !typing(target)) keys["?"]();
    return;
  }
  if (event.key === "Enter" && target === document.body) {
    current()?.querySelector("a.open")?.click();
    return;
  }
  const act = keys[event.key] ?? keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-keys]")) keys["?"]();
});
for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
document.addEventListener("htmx:afterSettle", () => {
  for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
});
