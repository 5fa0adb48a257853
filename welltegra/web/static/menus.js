// menus.js - a menu opens by its key with the focus in it, and closes when one leaves it: by a click beside it, by Escape

const open = () => document.querySelectorAll("details.menu[open]");
const parts = (menu) => [...menu.querySelectorAll(":scope > :not(summary) :is(a, button, input)")];
let from = null;

export function openMenu(menu) {
  if (!menu) return;
  from = document.activeElement;
  menu.open = true;
  parts(menu)[0]?.focus();
}

// Back to where one was when a key opened it, else to what opens it.
function shut(menu) {
  menu.open = false;
  const back = from?.isConnected && from !== document.body ? from : menu.querySelector("summary");
  from = null;
  back.focus();
}

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target)) menu.open = false;
    else if (event.target.closest?.("a[download]")) shut(menu);
  }
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.menu") && !event.target.open) from = null;
}, true);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of open()) {
      event.preventDefault();
      shut(menu);
    }
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = event.target.closest?.("details.menu[open]");
  if (!by || !menu || event.target.matches("select, textarea")) return;
  event.preventDefault();
  const all = parts(menu);
  all[(all.indexOf(event.target) + by + all.length) % all.length]?.focus();
});
