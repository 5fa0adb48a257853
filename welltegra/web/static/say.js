// say.js - one line of news under the top of the page, for eyes and for screen readers

const place = () => document.querySelector("#live");

// The same words again are no news: what is written anew is read out anew.
export function say(text, link) {
  const live = place();
  if (!live || (live.textContent === (link ? `${text} ${link.text}` : text) && !live.querySelector("progress"))) return;
  live.replaceChildren(text);
  if (!link) return;
  const a = document.createElement("a");
  a.href = link.href;
  a.textContent = link.text;
  live.append(" ", a);
}

// How far something is, beside its words: the bar moves on, and only other words are read out.
export function sayFar(text, done, total) {
  const live = place();
  if (!live) return;
  let bar = live.querySelector("progress");
  if (!bar || live.firstChild.textContent !== text) {
    bar = document.createElement("progress");
    bar.setAttribute("aria-label", "Wells done");
    live.replaceChildren(text, bar);
  }
  Object.assign(bar, { max: total, value: done });
}

// It goes on no more, and there is nothing else to say of it.
export function stopFar() {
  if (place()?.querySelector("progress")) place().replaceChildren();
}

// Take a word back that holds no longer, unless another was said since.
export function unsay(text) {
  if (place()?.textContent === text) place().replaceChildren();
}
