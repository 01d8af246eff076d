// Thirty slips are long to type: what is there is kept on this device until it was sent.
"use strict";

const form = document.querySelector("form[data-slips]");
const key = "entraide:slips";
const typed = () => [...form.elements].filter((one) => /-\d+$/.test(one.name));

if (form) {
  const empty = typed().every((one) => one.type === "hidden" || one.tagName === "SELECT" || !one.value);
  const kept = localStorage.getItem(key);
  if (kept && empty) {
    try {
      for (const [name, value] of Object.entries(JSON.parse(kept))) {
        const field = form.elements.namedItem(name);
        if (field) field.value = value;
      }
    } catch {
      localStorage.removeItem(key);
    }
  }
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(typed().map((one) => [one.name, one.value]))));
  });
  // Enter goes to the next slip, as in a table; the last one stays where it is.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || event.target.type === "checkbox") return;
    event.preventDefault();
    const [, name, place] = event.target.name.match(/^(.*)-(\d+)$/) || [];
    form.elements.namedItem(`${name}-${Number(place) + 1}`)?.focus();
  });
  form.addEventListener("submit", () => sessionStorage.setItem("entraide:sent", key));
}
