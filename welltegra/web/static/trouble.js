// trouble.js - an answer that is no part of the page, or none at all, is said; what is shown stays
import { say, unsay } from "./say.js";

// What takes longer than a moment is seen to be waited for; then it goes, however it ends.
const AFTER_MS = 300;
const OPENING = "Opening the target…";

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target, xhr, requestConfig } = event.detail;
  const more = elt.closest?.("tr.more") && elt;
  if (requestConfig.verb !== "get" || !(more || target?.id === "drawer")) return;
  const words = more?.textContent;
  if (more) Object.assign(more, { textContent: "Loading more…", ariaBusy: "true" });
  const timer = more ? 0 : setTimeout(() => {
    target.ariaBusy = "true";
    say(OPENING);
  }, AFTER_MS);
  xhr.addEventListener("loadend", () => {
    clearTimeout(timer);
    unsay(OPENING);
    target.ariaBusy = null;
    if (more) Object.assign(more, { textContent: words, ariaBusy: null });
  });
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || /id="(drawer|worklist)"/.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const said = page.querySelector("main .empty p:not(.status)")?.textContent ?? `The server answered ${xhr.status}.`;
  const signIn = { href: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, text: "Sign in" };
  say(said, xhr.status === 401 ? signIn : undefined);
});

document.addEventListener("htmx:sendError", (event) => {
  const reading = event.detail.requestConfig?.verb === "get";
  const rest = reading ? "Try again in a moment." : "Whether what you sent was recorded is not known: look when it is back.";
  say(`The server does not answer. What is shown is what it said last. ${rest}`);
});

// The row of a target that was opened by its link need not be in the list: then only its drawer is to be shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const row = /<template>\s*<tr id="(t-[^"]+)"/.exec(detail.serverResponse);
  if (row && !document.getElementById(row[1])) detail.serverResponse = detail.serverResponse.slice(0, row.index);
});
