// A password can be looked at while it is typed, and a page printed. Without this file it cannot be
// looked at, and the browser's own menu prints.
"use strict";

const { show, hide, print } = document.currentScript.dataset;

function button(words) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain no-print";
  made.textContent = words;
  return made;
}

for (const input of document.querySelectorAll('input[type="password"]')) {
  const eye = button(show);
  eye.setAttribute("aria-controls", input.id);
  const label = document.querySelector(`label[for="${input.id}"]`)?.textContent ?? "";
  const say = () => {
    eye.textContent = input.type === "text" ? hide : show;
    eye.setAttribute("aria-label", `${eye.textContent} : ${label}`);
  };
  eye.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    say();
  });
  // What is sent, and what the browser keeps, is a password again.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
    say();
  });
  say();
  input.after(eye);
}

for (const place of document.querySelectorAll("[data-print]:not(script)")) {
  const made = button(print);
  made.className = "second no-print";
  made.addEventListener("click", () => window.print());
  place.append(made);
}
