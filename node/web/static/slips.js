// Thirty slips are long to type: what is there is kept on this device until it arrived.
"use strict";

const KEY = "entraide:slips";
const SENT = "entraide:slips-sent";
const HOURS_12 = 12 * 3_600_000;

const form = document.querySelector("form[data-slips]");
const back = document.querySelector("[data-back]");
const fields = () => [...form.elements].filter((one) => /-\d+$/.test(one.name));
const said = (one) => (one.type === "checkbox" ? one.checked : one.value);
const empty = () => fields().every((one) => one.type !== "text" || !one.value);

function keep() {
  const values = Object.fromEntries(fields().map((one) => [one.name, said(one)]));
  const rows = fields().filter((one) => one.name.startsWith("key-")).length;
  localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), rows, values }));
}

function forget() {
  localStorage.removeItem(KEY);
  sessionStorage.removeItem(SENT);
}

function restore() {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(KEY) || "null");
  } catch {
    kept = null;
  }
  if (!kept?.values || Date.now() - kept.at > HOURS_12) return forget();
  if (kept.rows > fields().filter((one) => one.name.startsWith("key-")).length) {
    const wanted = `?rows=${Number(kept.rows)}`;
    if (location.search !== wanted) return location.replace(wanted);
  }
  for (const [name, value] of Object.entries(kept.values)) {
    const field = form.elements.namedItem(name);
    if (field?.type === "checkbox") field.checked = value;
    else if (field) field.value = value;
  }
  back.hidden = empty();
}

if (!form) {
  // The list of what was published, with a word that it was: it arrived.
  if (sessionStorage.getItem(SENT) && document.querySelector("[role=status]")) forget();
} else {
  sessionStorage.removeItem(SENT);
  if (empty()) restore();
  else keep();
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    keep();
    sessionStorage.setItem(SENT, "1");
  });
  back.querySelector("button").addEventListener("click", () => {
    forget();
    location.replace(location.pathname);
  });
  // Enter goes to the next slip, as in a table; in the last one it stays where it is.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || event.target.type === "checkbox") return;
    event.preventDefault();
    const [, name, place] = event.target.name.match(/^(.*)-(\d+)$/) || [];
    form.elements.namedItem(`${name}-${Number(place) + 1}`)?.focus();
  });
}
