// Sheets are printed by the browser's menu; with scripts, by a button, too.
"use strict";

for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
