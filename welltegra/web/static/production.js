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

const round = (v) => (v >= 1000 ? `${Math.round(v / 10) / 100} k` : v);

function draw(figure) {
  if (!window.uPlot || figure.dataset.drawn) return;
  const data = JSON.parse(figure.dataset.series);
  const still = figure.querySelector("svg");
  if (!data.time || !still) return;
  figure.dataset.drawn = "1";
  const soft = colour("soft");
  const grid = { stroke: colour("line"), width: 1 };
  const named = { labelSize: 16, labelGap: 2, labelFont: "11px system-ui" };
  const plot = {
    width: figure.clientWidth || 460,
    height: 270,
    scales: { y: { distr: 3 }, total: { range: (self, low, high) => [0, high || 1] } },
    axes: [
      { stroke: soft, grid, ticks: grid },
      { stroke: soft, grid, ticks: grid, size: AXIS, label: "rate [sm3/d]", ...named },
      { stroke: soft, scale: "total", side: 1, grid: { show: false }, ticks: grid, size: 50, label: `${data.cumulative.name} [sm3]`, ...named, values: (self, all) => all.map(round) },
    ],
    series: [
      { label: "month", value: (self, at) => (at == null ? "–" : new Date(at * 1000).toISOString().slice(0, 7)) },
      ...data.rates.map((one) => ({ label: one.name, stroke: colour(one.class), width: 1.6, value: (self, v) => (v == null ? "–" : v) })),
      { label: data.cumulative.name, scale: "total", stroke: soft, dash: [3, 3], width: 1.4, value: (self, v) => (v == null ? "–" : Math.round(v)) },
    ],
    cursor: { drag: { x: true, y: false } },
  };
  // Nothing produced has no place on decades.
  const values = [data.time, ...data.rates.map((one) => one.values.map((v) => (v > 0 ? v : null))), data.cumulative.values];
  const place = document.createElement("div");
  place.className = "on-screen";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", still.getAttribute("aria-label"));
  // On paper there is nothing to point at: there the drawing stays.
  still.classList.add("on-paper");
  still.before(place);
  const drawn = new window.uPlot(plot, values, place);
  new ResizeObserver(() => figure.clientWidth && drawn.setSize({ width: figure.clientWidth, height: 270 })).observe(figure);
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
