// trouble.js - an answer that is no part of the page, or none at all, is said; what is shown stays
import { say } from "./say.js";

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || /id="(drawer|worklist)"/.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const said = page.querySelector("main .empty p:not(.status)")?.textContent ?? `The server answered ${xhr.status}.`;
  const signIn = { href: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, text: "Sign in" };
  say(said, xhr.status === 401 ? signIn : undefined);
});

document.addEventListener("htmx:sendError", () => {
  say("The server does not answer. What is shown is what it said last; nothing of yours was sent.");
});

// The row of a target that was opened by its link need not be in the list: then only its drawer is to be shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const row = /<template>\s*<tr id="(t-[^"]+)"/.exec(detail.serverResponse);
  if (row && !document.getElementById(row[1])) detail.serverResponse = detail.serverResponse.slice(0, row.index);
});
