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
