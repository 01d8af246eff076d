// What could not be sent is kept on the device and sent when the connection is back. Loaded by
// the pages, which show what waits, and by the service worker, which keeps and sends it.
"use strict";

self.Outbox = (() => {
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("outbox") : null;
  const WEEK = 7 * 86400e3;

  function store(mode, work) {
    return new Promise((done, failed) => {
      const opening = indexedDB.open("entraide", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "key" });
      opening.onerror = () => failed(opening.error);
      opening.onsuccess = () => {
        const base = opening.result;
        const doing = base.transaction("outbox", mode);
        const asked = work(doing.objectStore("outbox"));
        doing.oncomplete = () => (base.close(), done(asked.result));
        doing.onabort = () => (base.close(), failed(doing.error));
      };
    });
  }

  // Other pages hear of it by the channel, this one by an event.
  function tell(sent = []) {
    channel?.postMessage(sent);
    self.dispatchEvent(new MessageEvent("outbox", { data: sent }));
  }
  const put = (one) => store("readwrite", (kept) => kept.put(one));
  const all = () => store("readonly", (kept) => kept.getAll());
  const remove = (key) => store("readwrite", (kept) => kept.delete(key));

  // A form's fields; those that begin with _outbox say what it is. The same key is the same form.
  async function keep(action, form) {
    const fields = [...form].filter(([name, value]) => typeof value === "string" && !/^_(outbox|form)/.test(name));
    await put({
      key: form.get("_outbox"),
      what: form.get("_outbox_what"),
      who: form.get("_outbox_who"),
      page: form.get("_outbox_page"),
      action,
      fields,
      at: Date.now(),
      refused: false,
    });
    tell();
  }

  async function sendOne(one, mark) {
    const answer = await fetch(one.action, {
      method: "POST",
      body: new URLSearchParams(one.fields),
      headers: { "X-Form": mark },
    });
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Error("later");
    if (answer.ok && !answer.url.includes("/signin")) {
      await remove(one.key);
      return { what: one.what, at: answer.url };
    }
    await put({ ...one, refused: true });
    return null;
  }

  async function sendAll() {
    const kept = await all();
    for (const old of kept.filter((one) => one.at < Date.now() - WEEK)) await remove(old.key);
    const waiting = kept.filter((one) => !one.refused && one.at >= Date.now() - WEEK);
    if (!waiting.length) return;
    const sent = [];
    try {
      const answer = await fetch("/live/mark", { cache: "no-store" });
      const { mark, who } = await answer.json();
      for (const one of waiting.filter((each) => each.who === who)) {
        const done = await sendOne(one, mark);
        if (done) sent.push(done);
      }
    } catch {
      // There is no connection yet.
    }
    tell(sent);
  }

  // One at a time, whoever asks: a page, another one, the worker.
  const send = () => (navigator.locks ? navigator.locks.request("outbox", sendAll) : sendAll());

  return { all, keep, remove, send, tell, channel };
})();

if (typeof document !== "undefined" && "indexedDB" in self && "serviceWorker" in navigator) {
  const said = document.querySelector("#live-words")?.dataset;
  const who = document.documentElement.dataset.who ?? "";

  // Marks a form for the worker, which only looks at it when it cannot be sent.
  document.addEventListener("formdata", (event) => {
    const form = event.target;
    if (!("outbox" in form.dataset)) return;
    form.dataset.key ??= crypto.randomUUID();
    event.formData.set("_outbox", form.dataset.key);
    event.formData.set("_outbox_what", form.dataset.outbox || document.querySelector("h1")?.textContent || "");
    event.formData.set("_outbox_who", who);
    event.formData.set("_outbox_page", location.pathname + location.search);
  });

  const box = document.createElement("div");
  box.setAttribute("role", "status");
  document.querySelector("main")?.prepend(box);

  const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);

  function button(text, work) {
    const made = element("button", text, { className: "plain", type: "button" });
    made.addEventListener("click", work);
    return made;
  }

  function listed(items, head, label) {
    const part = element("div", "", { className: "warning" });
    part.append(element("p", head));
    const list = element("ul", "");
    for (const one of items) {
      const line = element("li", "");
      line.append(element("a", one.what, { href: one.page }));
      const text = one.fields.find(([name]) => name === "text")?.[1];
      if (text) line.append(element("blockquote", text));
      line.append(" ", button(label, () => Outbox.remove(one.key).then(() => Outbox.tell())));
      list.append(line);
    }
    part.append(list);
    return part;
  }

  async function show(sent = []) {
    const items = await Outbox.all();
    const [mine, others] = [items.filter((one) => one.who === who), items.filter((one) => one.who !== who)];
    const [waiting, refused] = [mine.filter((one) => !one.refused), mine.filter((one) => one.refused)];
    box.replaceChildren();
    for (const one of sent) {
      const line = element("p", `${said.sent} `, { className: "notice" });
      line.append(element("a", one.what, { href: new URL(one.at).pathname + new URL(one.at).search }));
      box.append(line);
    }
    if (waiting.length) box.append(listed(waiting, said.waiting, said.drop));
    if (refused.length) box.append(listed(refused, said.refused, said.forget));
    if (others.length) box.append(element("p", said.other, { className: "quiet" }));
  }

  if (said) {
    const sent = [];
    const heard = (event) => {
      sent.push(...event.data);
      show(sent);
    };
    Outbox.channel?.addEventListener("message", heard);
    addEventListener("outbox", heard);
    const look = () => Outbox.all().then((items) => items.length && show().then(Outbox.send));
    addEventListener("online", look);
    look();
  }
}
