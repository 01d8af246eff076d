// A password can be looked at while it is typed. Without this file it cannot, and that is all.
"use strict";

const words = document.documentElement.lang === "en" ? ["Show", "Hide"] : ["Montrer", "Cacher"];

for (const input of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.setAttribute("aria-controls", input.id);
  const say = () => {
    const shown = input.type === "text";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = words[shown ? 1 : 0];
  };
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    say();
    input.focus();
  });
  // What is sent, and what the browser keeps, is a password again.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
    say();
  });
  say();
  input.after(button);
}
