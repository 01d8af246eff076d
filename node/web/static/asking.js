// What is being written is kept on this device until the node has it, should the connection break.
"use strict";

(() => {
  const PREFIX = "entraide:write:";
  const SENT = "entraide:sent";
  const MONTH = 30 * 86400e3;
  const who = document.documentElement.dataset.who ?? "";

  function read(store, key) {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  }
  function write(store, key, value) {
    try {
      store.setItem(key, JSON.stringify(value));
    } catch {
      // No room, or not allowed: then the node alone keeps it, step by step.
    }
  }
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

  // What is old, and what somebody else began on this device.
  for (const key of keys()) {
    const one = read(localStorage, key);
    if (!one || one.at < Date.now() - MONTH || (who && one.who !== who)) localStorage.removeItem(key);
  }

  // Arrived: the draft is a newer one than when the step was sent.
  const here = document.querySelector("[data-base]");
  const draft = here?.dataset.draft ?? here?.dataset.keep?.split(":")[0];
  const sent = read(sessionStorage, SENT);
  if (sent && sent.key.startsWith(`${PREFIX}${draft}:`) && sent.base !== here.dataset.base) {
    localStorage.removeItem(sent.key);
    sessionStorage.removeItem(SENT);
  }

  document.querySelector("[data-focus]")?.focus();

  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const key = PREFIX + form.dataset.keep;
  const skipped = ["hidden", "file", "submit", "button"];
  const fields = [...form.elements].filter((one) => one.name && one.name !== "do" && !skipped.includes(one.type));
  const ticks = (one) => one.type === "checkbox" || one.type === "radio";

  function values(standing) {
    const found = {};
    for (const one of fields) {
      if (ticks(one)) {
        found[one.name] ??= "";
        if (standing ? one.defaultChecked : one.checked) found[one.name] = one.value;
      } else if (one.options) {
        const first = [...one.options].find((option) => option.defaultSelected) ?? one.options[0];
        found[one.name] = standing ? first?.value : one.value;
      } else {
        found[one.name] = standing ? one.defaultValue : one.value;
      }
    }
    return found;
  }
  const differs = (kept, now) => Object.keys(now).some((name) => name in kept && kept[name] !== now[name]);

  function fill(kept) {
    for (const one of fields.filter((each) => each.name in kept)) {
      if (ticks(one)) one.checked = kept[one.name] === one.value;
      else one.value = kept[one.name];
      if (kept[one.name]) one.closest("details")?.setAttribute("open", "");
    }
  }
  const keep = () => write(localStorage, key, { who, at: Date.now(), values: values(false) });

  function told(id) {
    const made = document.getElementById(id).content.firstElementChild.cloneNode(true);
    form.before(made);
    return made;
  }

  // After the browser has put back what it kept itself.
  addEventListener("pageshow", () => {
    const kept = read(localStorage, key);
    if (!kept) return;
    if (!differs(kept.values, values(true))) {
      // A page that says what is wrong shows what was typed, which the node may not have.
      if (!document.querySelector(".problems")) localStorage.removeItem(key);
    } else if (differs(kept.values, values(false)) && !document.querySelector("[data-offer]")) {
      const offer = told("kept");
      offer.dataset.offer = "";
      offer.addEventListener("click", (event) => {
        const what = event.target.dataset.do;
        if (!what) return;
        if (what === "take") {
          fill(kept.values);
          keep();
        } else {
          localStorage.removeItem(key);
        }
        offer.remove();
        (fields.find((one) => one.type === "text") ?? fields[0]).focus();
      });
    }
  });

  form.addEventListener("input", keep);

  let cut = null;
  form.addEventListener("submit", (event) => {
    cut?.remove();
    if (navigator.onLine === false) {
      event.preventDefault();
      event.stopPropagation();
      keep();
      cut = told("cut");
      cut.scrollIntoView({ block: "center" });
      return;
    }
    write(sessionStorage, SENT, { key, base: form.dataset.base });
  });

  // A picture goes nowhere without its words.
  const files = [...form.querySelectorAll("input[type=file]")];
  const alt = form.elements.namedItem("alt");
  form.addEventListener("change", () => {
    if (alt) alt.required = files.some((one) => one.files.length > 0);
  });
})();
