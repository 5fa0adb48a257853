// copy.js - copy the list, or what is selected of it, as text that a spreadsheet takes
import { say } from "./say.js";

async function copy(href) {
  const answer = await fetch(href, { headers: { Accept: "text/plain" } });
  if (!answer.ok) return say("The list could not be copied; the server did not give it.");
  const text = await answer.text();
  const lines = text.split("\n").length - 2;
  try {
    await navigator.clipboard.writeText(text);
    say(`${lines} targets copied; paste them into a spreadsheet.`);
  } catch {
    // Without leave to write there, the text itself is shown, to be copied by hand.
    location.assign(href);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-copy]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    copy(link.href);
  }
  if (event.target.closest?.("[data-copy-selected]")) {
    const address = new URL(document.querySelector("#copy").href);
    const chosen = document.querySelectorAll('input[name="target"][form="bulk"]:checked');
    for (const box of chosen) address.searchParams.append("target", box.value);
    copy(address.href);
  }
});
