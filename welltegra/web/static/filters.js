// filters.js - say how many would remain while a slider is moved; keep what says nothing out of the address

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "filters") return;
  const { parameters } = event.detail;
  for (const field of event.target.elements) {
    const lowest = field.type === "range" && Number(field.value) === Number(field.min);
    if (field.name && (lowest || parameters[field.name] === "")) delete parameters[field.name];
  }
});

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
