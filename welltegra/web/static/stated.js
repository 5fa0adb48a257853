// stated.js - beside the value stands the unit of the input that is chosen, or its words to choose from

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("select[data-stated]")) return;
  const { takes, words } = event.target.selectedOptions[0].dataset;
  document.querySelector("#takes").textContent = takes ?? "";
  const options = (words ?? "").split(" ").filter(Boolean).map((word) => Object.assign(document.createElement("option"), { value: word }));
  document.querySelector("#values").replaceChildren(...options);
});
