// keyboard.js - j k n Enter Esc [ ] x 1 2 3 H u e / ? : the whole review without a mouse
import { close } from "./drawer.js";
import { openMenu } from "./menus.js";
import { review, takeBack } from "./reviewing.js";
import { backToRow, current, nextUnreviewed, step } from "./rows.js";

const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

function tab(by) {
  const tabs = [...document.querySelectorAll("#drawer .tabs a")];
  const at = tabs.findIndex((link) => link.hasAttribute("aria-current"));
  tabs[(at + by + tabs.length) % tabs.length]?.click();
}

// A key of one letter is struck by mistake, and by who speaks to their machine: one can have them off (WCAG 2.1.4).
const OFF = "welltegra.letters-off";
let lettersOff = false;

function setLetters(off) {
  lettersOff = off;
  const box = document.querySelector("[data-letters]");
  if (box) box.checked = !off;
  const said = document.querySelector("[data-letters-off]");
  if (said) said.hidden = !off;
}

// A browser may refuse to keep anything; then it holds for this page.
try {
  setLetters(localStorage.getItem(OFF) === "yes");
} catch {
  setLetters(false);
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-letters]")) return;
  setLetters(!event.target.checked);
  try {
    if (lettersOff) localStorage.setItem(OFF, "yes");
    else localStorage.removeItem(OFF);
  } catch {
    // It was said above what becomes of it.
  }
});

const keys = {
  j: () => step(1),
  k: () => step(-1),
  n: nextUnreviewed,
  x: () => current()?.querySelector(".pick input")?.click(),
  "[": () => tab(-1),
  "]": () => tab(1),
  1: () => review("1"),
  2: () => review("2"),
  3: () => review("3"),
  h: () => review("h"),
  u: takeBack,
  e: () => openMenu(document.querySelector("details.menu[data-export]")),
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
    if (typing(target)) {
      // A browser would empty a search field, and the filter would go with it.
      event.preventDefault();
      if (document.querySelector("#worklist")) backToRow();
      if (document.activeElement === target) target.blur();
    } else close();
    return;
  }
  if (event.key === "Enter" && target.matches(".pick input")) {
    // Else it would send the form that the box belongs to.
    event.preventDefault();
    target.closest("tr").querySelector("a.open")?.click();
    return;
  }
  if (typing(target) || !document.querySelector("#worklist")) {
    if (event.key === "?" && !typing(target) && !lettersOff) keys["?"]();
    return;
  }
  if (event.key === "Enter" && (target === document.body || target.id === "drawer")) {
    current()?.querySelector("a.open")?.click();
    return;
  }
  if (lettersOff) return;
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
