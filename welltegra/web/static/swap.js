// swap.js - a part of a page in the place of the same part of before; the focus stays where it was

export async function fetched(address, headers = { Accept: "text/html" }) {
  const answer = await fetch(address, { headers }).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

export function swap(old, now) {
  if (!old || !now || old.outerHTML === now.outerHTML) return;
  const at = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(now);
  window.htmx.process(now);
  if (at === old) now.focus({ preventScroll: true });
  else if (at?.href) [...now.querySelectorAll("a")].find((link) => link.href === at.href)?.focus({ preventScroll: true });
}
