// Being told on this device (Web Push): asks the browser, and tells the site where.
"use strict";

(async () => {
  const section = document.querySelector("#push");
  if (!section || !("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  const form = section.querySelector("form");
  const [on, off] = [form.querySelector(".on"), form.querySelector(".off")];
  const status = form.querySelector("[role=status]");
  const worker = await navigator.serviceWorker.ready;

  const say = (word) => (status.textContent = status.dataset[word]);
  const show = (active) => ([on.hidden, off.hidden] = [active, !active]);
  const known = async () => (await fetch("/me/push", { cache: "no-store" })).json();

  async function post(path, fields) {
    const body = new URLSearchParams(fields);
    const headers = { "X-Form": form.elements._form.value };
    const answer = await fetch(path, { method: "POST", body, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  }

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  on.addEventListener("click", async () => {
    try {
      if ((await Notification.requestPermission()) !== "granted") return say("denied");
      const made = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytes((await known()).key),
      });
      const { endpoint, keys } = made.toJSON();
      await post("/me/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
      show(true);
      say("on");
      off.focus();
    } catch (error) {
      console.warn(error);
      say("failed");
    }
  });

  off.addEventListener("click", async () => {
    try {
      await post("/me/push/off", {});
      await (await worker.pushManager.getSubscription())?.unsubscribe();
      show(false);
      say("off");
      on.focus();
    } catch (error) {
      console.warn(error);
      say("failed");
    }
  });

  try {
    const [here, there] = [await worker.pushManager.getSubscription(), await known()];
    show(Boolean(here && there.endpoint === here.endpoint && Notification.permission === "granted"));
    section.hidden = false;
  } catch (error) {
    console.warn(error); // without a connection there is nothing to choose
  }
})();
