// others.js - what others say of a target appears in the rows that are shown, and in its drawer
import { mark } from "./drawer.js";
import { say } from "./say.js";
import { fetched, swap } from "./swap.js";

// So many ids an address takes, and so many rows are looked at: who has more on the page sees the rest with the next list.
const AT_ONCE = 80;
const MOST = 2000;

const versionOf = (row) => Number(row.querySelector(".pick input")?.value.split(":")[1] ?? 0);
const saidOf = (row) => row.querySelector(".col-review")?.textContent ?? row.className;

function replace(row, now) {
  // An answer that was asked for before one's own review is late, and older than what is shown.
  if (versionOf(now) < versionOf(row)) return;
  if (versionOf(now) === versionOf(row) && saidOf(now) === saidOf(row)) return;
  const checked = row.querySelector(".pick input")?.checked;
  const ticking = row.querySelector(".pick input") === document.activeElement;
  now.classList.toggle("at", row.classList.contains("at"));
  swap(row, now);
  if (checked) now.querySelector(".pick input").checked = true;
  if (ticking) now.querySelector(".pick input").focus({ preventScroll: true });
}

// By the ids that are shown, however far down, and whether the filters leave them still or not: nothing goes from under
// the hand of who reads it. One that the filters leave no more is gone with the next list.
async function rows() {
  const list = document.querySelector("#worklist");
  const shown = [...document.querySelectorAll("#rows tr[id]")].slice(0, MOST).map((row) => row.id.slice("t-".length));
  const base = document.querySelector("#live").dataset.events.replace(/events$/, "worklist/rows");
  for (let from = 0; from < shown.length; from += AT_ONCE) {
    const asked = new URLSearchParams(location.search);
    for (const name of ["after", "tab", "of", "id"]) asked.delete(name);
    asked.set("of", list.dataset.run);
    for (const id of shown.slice(from, from + AT_ONCE)) asked.append("id", id);
    const page = await fetched(`${base}?${asked}`);
    for (const now of page?.querySelectorAll("tr[id]") ?? []) {
      const row = document.getElementById(now.id);
      if (row) replace(row, now);
    }
  }
  mark();
}

const idle = () => !document.querySelector("#note")?.value;

async function drawer() {
  const target = document.querySelector("#drawer")?.dataset.target;
  if (!target) return;
  const page = await fetched(location.href, { "HX-Request": "true", "HX-Target": "drawer", Accept: "text/html" });
  // Meanwhile another target may have been opened: what is said of the one before is none of its news.
  if (!page || document.querySelector("#drawer")?.dataset.target !== target) return;
  if (page.querySelector("#drawer")?.dataset.target !== target) return;
  const [mine, theirs] = [document, page].map((one) => one.querySelector('#review input[name="version"]')?.value);
  if (mine === undefined || theirs === undefined || Number(theirs) <= Number(mine)) return;
  const said = page.querySelector(".review-state").textContent.trim().replace(/\s+/g, " ");
  say(`This target was reviewed meanwhile: ${said}.`);
  // What is being written is not touched; sending it will say once more who was first.
  if (idle() && !document.querySelector("#drawer .review").contains(document.activeElement)) {
    swap(document.querySelector("#drawer .review"), page.querySelector("#drawer .review"));
  }
}

export async function reviewed() {
  if (!document.querySelector("#worklist[data-run]")) return;
  await Promise.all([rows(), drawer()]);
}
