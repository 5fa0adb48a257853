// reviewing.js - review by key, go on where one was, and take the last review back
import { backToRow } from "./rows.js";
import { say } from "./say.js";

const form = () => document.querySelector("#review");
const stateOf = (drawer) => [...(drawer?.querySelector(".review-state .state")?.classList ?? [])].find((name) => name !== "state");
const sentReview = ({ verb, path } = {}) => verb === "post" && /\/worklist\/[^/?]+\/review(\?|$)/.test(path ?? "");

export function review(key) {
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

// The last review of this page: which target, what it was before, and the version that is ours.
let before = null;
let last = null;

export function takeBack() {
  if (!last) return say("Nothing was reviewed on this page yet.");
  const { path, state, version } = last;
  last = null;
  window.htmx.ajax("POST", path, {
    target: "#drawer",
    swap: "outerHTML show:none",
    values: { state, version, note: "Taken back." },
  });
  if (!document.querySelector("#drawer[data-target]")) history.pushState({ htmx: true }, "", path.replace(/\/review(?=\?|$)/, ""));
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (sentReview(event.detail.requestConfig)) before = stateOf(document.querySelector("#drawer"));
});

document.addEventListener("htmx:afterSettle", (event) => {
  const asked = event.detail.requestConfig;
  if (!sentReview(asked) || event.detail.target?.id !== "drawer") return;
  const drawer = document.querySelector("#drawer");
  if (drawer?.querySelector(".review .notice")) {
    // Another was first, or a note is missing: what was written stands, and is gone on with.
    document.querySelector("#note")?.focus();
    return;
  }
  const now = stateOf(drawer);
  const undone = asked.parameters?.note === "Taken back.";
  // A note alone stays: there is nothing to put back.
  last = undone || !form() || before === now ? null : { path: asked.path, state: before, version: form().elements.version.value };
  if (undone) say(`Taken back: ${now.replace("_", " ")} again. Both stand in the history.`);
  const active = document.activeElement;
  // Whoever is elsewhere meanwhile stays there.
  if (active === null || active === document.body || drawer?.contains(active)) backToRow();
});
