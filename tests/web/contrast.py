"""The contrast of what axe leaves open: text in drawings, signs of one character, text that something lies beside."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# WCAG 2.2, 1.4.3: of text, and of large text.
LEAST, LEAST_LARGE = 4.5, 3.0

# Of each element its ratio, and whether it is large: its colour over all that is painted under its middle. Of an svg
# that is each shape before it that fills that point; of a page each ancestor's background.
_MEASURED = """
(selectors) => {
  const parsed = (said) => {
    const found = /^rgba?\\(([\\d.]+), ([\\d.]+), ([\\d.]+)(?:, ([\\d.]+))?\\)$/.exec(said);
    if (!found) throw new Error(`a colour must be rgb(); was ${said}`);
    return [+found[1], +found[2], +found[3], found[4] === undefined ? 1 : +found[4]];
  };
  const over = (top, below, alpha) => [0, 1, 2].map((k) => top[k] * top[3] * alpha + below[k] * (1 - top[3] * alpha));
  const light = (colour) => {
    const linear = (one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = colour.map((one) => linear(one / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ancestors = (one) => one.parentElement ? [one, ...ancestors(one.parentElement)] : [one];
  const opacity = (one, until) => ancestors(one).filter((each) => !until || until.contains(each))
    .reduce((all, each) => all * +getComputedStyle(each).opacity, 1);
  const background = (one) => parsed(getComputedStyle(one).backgroundColor);
  const backdrop = (one) => ancestors(one).reverse().filter((each) => !each.closest("svg"))
    .reduce((below, each) => over(background(each), below, 1), background(document.body).slice(0, 3));
  const shapes = (one, svg) => [...svg.querySelectorAll("rect, path, circle, polygon")]
    .filter((shape) => shape.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
    .filter((shape) => getComputedStyle(shape).fill.startsWith("rgb"));
  return selectors.map((selector) => {
    const one = document.querySelector(selector);
    const style = getComputedStyle(one);
    const svg = one.closest("svg");
    let below = backdrop(one);
    if (svg) {
      const box = one.getBoundingClientRect();
      const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
      for (const shape of shapes(one, svg)) {
        if (!shape.isPointInFill(middle.matrixTransform(shape.getScreenCTM().inverse()))) continue;
        const painted = getComputedStyle(shape);
        below = over(parsed(painted.fill), below, +painted.fillOpacity * opacity(shape, svg));
      }
    }
    const text = over(parsed(svg ? style.fill : style.color), below, opacity(one) * (svg ? +style.fillOpacity : 1));
    const [low, high] = [light(text), light(below)].sort((a, b) => a - b);
    const px = parseFloat(style.fontSize);
    return { ratio: (high + 0.05) / (low + 0.05), large: px >= 24 || (px >= 18.66 && +style.fontWeight >= 700) };
  });
}
"""


def too_faint(page: Page, nodes: list[dict[str, Any]]) -> list[str]:
    """Return what says which of the nodes that axe could not judge are too faint, each with its ratio."""
    # Of a node in a frame or a shadow there would be several; we have none.
    selectors = ["".join(node["target"]) for node in nodes]
    measured = page.evaluate(_MEASURED, selectors)
    return [
        f"color-contrast, left open by axe: {one['ratio']:.2f}: {node['html'][:200]}"
        for node, one in zip(nodes, measured, strict=True)
        if one["ratio"] < (LEAST_LARGE if one["large"] else LEAST)
    ]
