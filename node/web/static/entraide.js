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
