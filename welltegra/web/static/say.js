// say.js - one line of news under the top of the page, for eyes and for screen readers

export function say(text, link) {
  const place = document.querySelector("#live");
  if (!place) return;
  place.replaceChildren(text);
  if (link) {
    const a = document.createElement("a");
    a.href = link.href;
    a.textContent = link.text;
    place.append(" ", a);
  }
}
