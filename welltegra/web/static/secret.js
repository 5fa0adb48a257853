// secret.js - copy the secret of a new key; without leave to copy, select it, so that one can by hand
import { say } from "./say.js";

const button = document.querySelector("[data-copy-secret]");
const secret = document.querySelector("#secret");

async function copy() {
  try {
    await navigator.clipboard.writeText(secret.textContent);
    say("The secret is copied; paste it where the program reads it.");
  } catch {
    getSelection().selectAllChildren(secret);
    say("The secret is selected; copy it with the keyboard.");
  }
}

if (button && secret) {
  button.hidden = false;
  button.addEventListener("click", copy);
}
