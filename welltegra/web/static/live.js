// live.js - what happens in the project appears by itself: a ranking's progress, a finished one, another's review
import { mark } from "./drawer.js";
import { say } from "./say.js";
import { listen } from "./together.js";

const address = document.querySelector("#live")?.dataset.events;
const idle = () => !document.querySelector("#note")?.value && !document.querySelector('input[name="target"]:checked');

async function fresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

function swap(old, now) {
  if (!old || !now || old.outerHTML === now.outerHTML) return;
  old.replaceWith(now);
  window.htmx.process(now);
}

const versionOf = (row) => Number(row.querySelector(".pick input")?.value.split(":")[1] ?? 0);

// Rows by their id, so that what is selected, and where one stands, is kept.
async function reviewed() {
  if (!document.querySelector("#worklist")) return;
  const page = await fresh();
  if (!page) return;
  for (const row of document.querySelectorAll("#rows tr[id]")) {
    const now = page.getElementById(row.id);
    if (!now || row.querySelector(".col-review")?.textContent === now.querySelector(".col-review")?.textContent) continue;
    // An answer that was asked for before one's own review is late, and older than what is shown.
    if (versionOf(now) < versionOf(row)) continue;
    const at = row.classList.contains("at");
    const focused = row.contains(document.activeElement);
    const checked = row.querySelector(".pick input")?.checked;
    swap(row, now);
    now.classList.toggle("at", at);
    if (checked) now.querySelector(".pick input").checked = true;
    if (focused) now.querySelector("a.open").focus({ preventScroll: true });
  }
  mark();
  // Meanwhile another target may have been opened: what is said of the one before is none of its news.
  const [here, there] = [document, page].map((one) => one.querySelector("#drawer")?.dataset.target);
  if (here !== there) return;
  const [mine, theirs] = [document, page].map((one) => one.querySelector('#review input[name="version"]')?.value);
  if (mine === undefined || theirs === undefined || Number(theirs) <= Number(mine)) return;
  const said = page.querySelector(".review-state").textContent.trim().replace(/\s+/g, " ");
  say(`This target was reviewed meanwhile: ${said}.`);
  // What is being written is not touched; sending it will say once more who was first.
  if (idle() && !document.querySelector("#drawer .review").contains(document.activeElement)) {
    swap(document.querySelector("#drawer .review"), page.querySelector("#drawer .review"));
  }
}

async function ranked() {
  const list = document.querySelector("#drawer [data-close]")?.href ?? location.href;
  if (document.querySelector("#rankings, #job")) return location.reload();
  if (!document.querySelector("#worklist") || new URLSearchParams(location.search).has("run")) return;
  if (document.querySelector("#drawer[data-target]") || !idle()) {
    return say("A new ranking is there.", { href: list, text: "Show it" });
  }
  swap(document.querySelector("#worklist"), (await fresh())?.querySelector("#worklist"));
  say("A new ranking is shown.");
}

function progressed(job) {
  if (job.state === "succeeded") return;
  if (job.state === "failed") return say(`The ranking failed: ${job.error ?? "its log says why"}`);
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Wells done");
  bar.max = job.total || 1;
  bar.value = job.done ?? 0;
  say(job.state === "queued" ? "A ranking waits for its turn." : `Ranking: ${job.stage ?? "begun"}`);
  document.querySelector("#live").append(bar);
  const shown = document.querySelector("#job progress");
  if (shown) Object.assign(shown, { max: bar.max, value: bar.value });
}

if (address && window.EventSource) {
  let timer = 0;
  listen(address, (kind, data) => {
    if (kind === "job") progressed(data);
    if (kind === "ranking") ranked();
    if (kind === "review") {
      // Many at once are read once.
      clearTimeout(timer);
      timer = setTimeout(reviewed, 150);
    }
  });
}
