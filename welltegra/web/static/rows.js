// rows.js - where one stands in the list, and how the keys go on from there
import { say } from "./say.js";

const rows = () => [...document.querySelectorAll("#rows tr[id]")];
export const current = () => document.querySelector("#rows tr.at") ?? document.querySelector("#rows tr[aria-current]");

function go(row) {
  if (!row) return;
  document.querySelector("#rows tr.at")?.classList.remove("at");
  row.classList.add("at");
  row.scrollIntoView({ block: "nearest" });
  // In an open drawer the next target opens; else the row only has the focus.
  if (document.querySelector("#drawer[data-target]")) row.querySelector("a.open").click();
  else row.querySelector("a.open").focus({ preventScroll: true });
}

export function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

// The next one that nobody has reviewed; what is further down comes as it is needed.
export function nextUnreviewed() {
  const all = rows();
  const found = all.slice(all.indexOf(current()) + 1).find((row) => row.classList.contains("unreviewed"));
  if (found) return go(found);
  const more = document.querySelector("#rows tr.more a");
  if (!more) return say("No target after this one is unreviewed.");
  document.addEventListener("htmx:afterSettle", nextUnreviewed, { once: true });
  more.click();
}

// Where the keys go on: the row, or, where the drawer covers the list, the drawer.
export function backToRow() {
  const link = current()?.querySelector("a.open");
  const drawer = document.querySelector("#drawer[data-target]");
  const covered = drawer !== null && getComputedStyle(drawer).position === "fixed";
  if (link && !covered) link.focus({ preventScroll: true });
  else if (drawer) drawer.focus({ preventScroll: true });
  else document.activeElement?.blur();
}
