// live.js - what happens in the project appears by itself: a ranking's progress, a finished one, another's review
import { line } from "./line.js";
import { reviewed } from "./others.js";
import { say, sayFar, stopFar } from "./say.js";
import { fetched, swap } from "./swap.js";
import { listen } from "./together.js";

const address = document.querySelector("#live")?.dataset.events;
const worklist = () => document.querySelector("#worklist");
const job = () => document.querySelector("#job");
const busy = () =>
  document.querySelector("#drawer[data-target], input[name=target]:checked") || document.querySelector("#note")?.value;
// The rankings that became current while this page is open, and the job that it has shown the progress of.
const became = new Set();
let followed = job()?.dataset.job ?? null;
// The rankings that the page shows as current; on one that shows none, the one that was when the stream began.
let known = null;
const current = () => worklist()?.dataset.run ?? job()?.dataset.current ?? known;
let asked = 0;

// The page of rankings, part by part: a reason that is being written stays.
async function rankings() {
  if (!job()) return;
  const turn = ++asked;
  const page = await fetched(location.href);
  const now = page?.querySelector("#job");
  // An answer that is late is older than what was asked for since.
  if (!now || turn !== asked) return;
  const reason = job().querySelector('input[name="reason"]');
  if (reason && (reason.value || reason === document.activeElement)) Object.assign(job().dataset, { ...now.dataset });
  else swap(job(), now);
  for (const part of ["#rankings", "#asked-for"]) swap(document.querySelector(part), page.querySelector(part));
}

async function ranked(run) {
  if (current()?.includes(run)) return;
  known = run;
  if (job()) {
    await rankings();
    return say("A new ranking is there.");
  }
  const list = worklist();
  if (list && new URLSearchParams(location.search).has("run")) return;
  const place = list && document.querySelector("#drawer [data-close]")?.href;
  const link = { href: place ?? (list ? location.href : address.replace(/events$/, "worklist")), text: "Show it" };
  if (!list || busy()) return say("A new ranking is there.", link);
  const page = await fetched(location.href);
  // A target may have been opened, or a note begun, while it was asked for.
  if (!page || busy()) return say("A new ranking is there.", link);
  swap(worklist(), page.querySelector("#worklist"));
  say("A new ranking is shown.");
}

async function ended(told) {
  followed = null;
  const same = !became.has(told.run_id) && current()?.includes(told.run_id);
  await rankings();
  if (told.state === "failed") say(`The ranking failed: ${told.error ?? "its log says why"}`);
  else if (same) say("The ranking is done: nothing has changed since the one before, which stays the current one.");
  else if (!became.has(told.run_id)) say("The ranking is done.");
  else stopFar();
}

function progressed(told) {
  if (told.state === "succeeded" || told.state === "failed") return ended(told);
  followed = told.job_id;
  const stage = told.state === "queued" ? "A ranking waits for its turn." : `Ranking: ${told.stage ?? "begun"}`;
  sayFar(stage, told.done ?? 0, told.total || 1);
  const shown = job();
  if (!shown) return;
  if (shown.dataset.job !== told.job_id || shown.dataset.state !== told.state) return rankings();
  const bar = shown.querySelector("progress");
  if (!bar) return; // a reason is being written there
  Object.assign(bar, { max: told.total || 1, value: told.done ?? 0 });
  const far = told.total ? `, ${told.done ?? 0} of ${told.total} well${told.total === 1 ? "" : "s"}` : "";
  shown.querySelector("[data-far]").textContent = `${told.stage ?? told.state}${far}`;
}

// How things stand, where something may have been missed: on opening the stream, and wherever it was lost.
function caughtUp(now) {
  known ??= worklist() || job() ? null : (now.run_id ?? "");
  if (now.run_id && !current()?.includes(now.run_id)) {
    became.add(now.run_id);
    ranked(now.run_id);
  }
  const last = now.job;
  if (last && (last.state === "queued" || last.state === "running" || last.job_id === followed)) progressed(last);
}

if (address && window.EventSource) {
  let timer = 0;
  listen(address, (kind, data) => {
    if (kind === "line") line(data.lost);
    if (kind === "job") progressed(data);
    if (kind === "ranking") {
      became.add(data.run_id);
      ranked(data.run_id);
    }
    if (kind === "now") caughtUp(data);
    if (kind === "review") {
      // Many at once are read once.
      clearTimeout(timer);
      timer = setTimeout(reviewed, 150);
    }
  });
}
