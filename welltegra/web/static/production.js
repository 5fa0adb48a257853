// production.js - the rate plot to be read off: uPlot in place of the drawing, from the same numbers

const AXIS = 44;

function colour(name) {
  // light-dark() is resolved by the browser on an element that has it as its colour.
  const probe = document.createElement("i");
  probe.className = `probe ${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function draw(figure) {
  if (!window.uPlot || figure.dataset.drawn) return;
  const data = JSON.parse(figure.dataset.series);
  const still = figure.querySelector("svg");
  if (!data.time || !still) return;
  figure.dataset.drawn = "1";
  const lines = ["oil", "water", "injected"].filter((name) => data[name].some((value) => value > 0));
  const soft = colour("soft");
  const grid = { stroke: colour("line"), width: 1 };
  const plot = {
    width: figure.clientWidth || 460,
    height: 250,
    scales: { y: { distr: 3 }, total: { range: (self, low, high) => [0, high || 1] } },
    axes: [
      { stroke: soft, grid, ticks: grid },
      { stroke: soft, grid, ticks: grid, size: AXIS, label: "sm3/d", labelSize: 16, labelFont: "11px system-ui" },
      { stroke: soft, scale: "total", side: 1, grid: { show: false }, ticks: grid, size: 56, values: (self, all) => all.map((v) => (v >= 1000 ? `${v / 1000} k` : v)) },
    ],
    series: [
      { value: (self, at) => (at == null ? "" : new Date(at * 1000).toISOString().slice(0, 7)) },
      ...lines.map((name) => ({ label: name, stroke: colour(name), width: 1.6, value: (self, v) => (v == null ? "–" : `${v} sm3/d`) })),
      { label: "cumulative oil", scale: "total", stroke: soft, dash: [3, 3], width: 1.4, value: (self, v) => (v == null ? "–" : `${Math.round(v)} sm3`) },
    ],
    cursor: { drag: { x: true, y: false } },
  };
  // Nothing produced has no place on decades.
  const values = [data.time, ...lines.map((name) => data[name].map((v) => (v > 0 ? v : null))), data.cumulative];
  const place = document.createElement("div");
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", still.getAttribute("aria-label"));
  still.replaceWith(place);
  const drawn = new window.uPlot(plot, values, place);
  new ResizeObserver(() => drawn.setSize({ width: figure.clientWidth, height: 250 })).observe(figure);
}

function load() {
  const figure = document.querySelector("#rates[data-series]");
  if (!figure) return;
  if (window.uPlot) return draw(figure);
  const known = document.querySelector("script[data-uplot]");
  if (known) return;
  const script = document.createElement("script");
  script.src = new URL("vendor/uplot/uPlot.iife.min.js", import.meta.url).href;
  script.dataset.uplot = "";
  script.addEventListener("load", () => draw(document.querySelector("#rates[data-series]") ?? figure));
  document.head.append(script);
}

document.addEventListener("htmx:afterSettle", load);
load();
