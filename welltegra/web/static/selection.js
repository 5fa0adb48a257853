// selection.js - count what is selected, show the bar of what can be done with it, select all and none

const boxes = () => [...document.querySelectorAll('input[name="target"][form="bulk"]')];

function show() {
  const bar = document.querySelector("#bulk");
  if (!bar) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  bar.hidden = chosen === 0;
  bar.querySelector("[data-selected]").textContent = String(chosen);
  const every = document.querySelector("[data-select-all]");
  if (every) {
    every.hidden = false;
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  }
}

// What is to be said of several asks for its note before it is sent, not after.
function ask() {
  const form = document.querySelector("#bulk");
  if (form) form.elements.note.required = form.elements.state.selectedOptions[0]?.hasAttribute("data-needs-note") ?? false;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest?.("#bulk");
  if (form && !form.reportValidity()) event.preventDefault();
});

let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest?.('input[name="target"][form="bulk"]');
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  show();
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-select-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches?.("#bulk select")) ask();
  show();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-select-none]")) return;
  for (const box of boxes()) box.checked = false;
  show();
});
function shown() {
  show();
  ask();
}
document.addEventListener("htmx:afterSettle", shown);
// A page that one comes back to may have its boxes ticked still.
window.addEventListener("pageshow", shown);
shown();
