// copy.js - copy the list, or what is selected of it, as text that a spreadsheet takes
import { say } from "./say.js";

// ask: fetches the text. show: opens it as a page, to be copied by hand where the browser gives no leave to write.
async function copy(ask, show) {
  const answer = await ask().catch(() => null);
  const copied = answer?.headers.get("X-Copied");
  if (!answer?.ok || !copied) return say("The list could not be copied; the server did not give it.");
  const text = await answer.text();
  try {
    await navigator.clipboard.writeText(text);
    say(`${copied[0].toUpperCase()}${copied.slice(1)} copied; paste into a spreadsheet.`);
  } catch {
    show();
  }
}

const headers = { Accept: "text/plain" };

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-copy]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    copy(() => fetch(link.href, { headers }), () => location.assign(link.href));
  }
  const button = event.target.closest?.("[data-copy-selected]");
  if (button) {
    event.preventDefault();
    // With the token of the form, and in its body: an address is kept by whoever sees it, and has room for few.
    const body = new URLSearchParams(new FormData(button.form));
    copy(() => fetch(button.formAction, { method: "POST", headers, body }), () => button.form.requestSubmit(button));
  }
});
