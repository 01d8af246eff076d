// What is being written is kept on this device until it was sent, should the connection break.
"use strict";

for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = `entraide:${form.dataset.keep}`;
  const fields = [...form.elements].filter((one) => one.name && one.type !== "hidden");
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    for (const field of fields) {
      if (field.value === "" && kept[field.name]) field.value = kept[field.name];
    }
  } catch {
    localStorage.removeItem(key);
  }
  form.addEventListener("input", () => {
    const values = Object.fromEntries(fields.map((one) => [one.name, one.value]));
    localStorage.setItem(key, JSON.stringify(values));
  });
  // Only what arrived is forgotten: the next page is there, or the same one again.
  form.addEventListener("submit", () => sessionStorage.setItem("entraide:sent", key));
}

addEventListener("pageshow", () => {
  const sent = sessionStorage.getItem("entraide:sent");
  if (sent && !document.querySelector(".problems")) {
    localStorage.removeItem(sent);
    sessionStorage.removeItem("entraide:sent");
  }
});
