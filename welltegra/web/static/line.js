// line.js - while nothing is heard of the server the page says so, and for no longer

// A moment without it is no news: a stream is cut and opened again all the time.
const AFTER_MS = 4000;
const LOST = "Live updates are interrupted: what others do, and a new ranking, do not appear until they are back.";

let timer = 0;
let place = null;

// A screen reader reads what is written into a place that it knows: that one is there before there is anything to say.
export function line(lost) {
  place ??= made();
  if (!lost) {
    clearTimeout(timer);
    timer = 0;
    place.replaceChildren();
    place.className = "";
  } else if (!timer) {
    timer = setTimeout(() => {
      place.className = "notice warn";
      place.textContent = LOST;
    }, AFTER_MS);
  }
}

function made() {
  const made = document.createElement("div");
  made.id = "line";
  made.setAttribute("role", "status");
  document.querySelector("#live").after(made);
  return made;
}
