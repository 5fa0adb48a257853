// filters.js - say how many would remain while a slider is moved

document.addEventListener("input", (event) => {
  const slider = event.target.closest?.("input[type=range][data-counts]");
  if (!slider) return;
  const counts = slider.dataset.counts.split(",");
  const value = Number(slider.value);
  const group = slider.closest("fieldset");
  group.querySelector("output").textContent = value.toFixed(2);
  group.querySelector("[data-remain]").textContent = counts[Math.round(value / 0.05)] ?? "";
  group.querySelectorAll(".remaining rect").forEach((bar, k) => bar.setAttribute("class", k * 0.05 < value - 1e-9 ? "out" : "in"));
});
