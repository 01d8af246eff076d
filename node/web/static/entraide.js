// Every page works without this file; it only makes some things quicker.
"use strict";

// What is wrong is read out at once, and the keyboard is where it is told.
document.querySelector(".problems")?.focus();

// A form that is on its way is not sent twice by a second tap.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Who signs out leaves nothing on the device of what they were writing.
document.addEventListener("submit", (event) => {
  const path = event.target.getAttribute("action") ?? "";
  const draft = /^\/write\/(\d+)\/throw$/.exec(path)?.[1];
  if (path !== "/signout" && !draft) return;
  const begun = `entraide:write:${draft ? `${draft}:` : ""}`;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(begun)) localStorage.removeItem(key);
  }
});
