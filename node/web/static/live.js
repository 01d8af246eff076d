// New cards and news as they come; the site as an app. Every page works without it.
"use strict";

(() => {
  const root = document.documentElement.dataset;
  const said = document.querySelector("#live-words")?.dataset;
  const lists = [...document.querySelectorAll("[data-live][id]")];
  const main = document.querySelector("main");
  if (!said || !main) return;

  // ── a copy, from when one was here last ─────────────────────────────────────────────────────

  if (root.seen) {
    const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    const banner = document.createElement("p");
    banner.className = "warning";
    banner.setAttribute("role", "status");
    main.prepend(banner);
    banner.textContent = said.seen.replace("{date}", date.format(Number(root.seen)));
    addEventListener("online", () => {
      const link = document.createElement("a");
      link.href = location.href.split("#")[0];
      link.textContent = said.back;
      banner.replaceChildren(link);
    });
  }

  const seen = document.querySelector("#seen");
  if (seen && "caches" in window) {
    caches.open("pages").then(async (cache) => {
      for (const request of (await cache.keys()).reverse()) {
        const kept = await cache.match(request);
        const url = new URL(request.url);
        const title = decodeURIComponent(kept.headers.get("X-Title") ?? "");
        if (!title || url.pathname === "/offline") continue;
        const text = new DOMParser().parseFromString(title, "text/html").body.textContent;
        const link = document.createElement("a");
        link.href = url.pathname + url.search;
        link.textContent = text.split(" – ")[0];
        const line = document.createElement("li");
        line.append(link);
        seen.querySelector("ul").append(line);
        seen.hidden = false;
      }
    });
  }

  // ── new cards: one chooses when they come ───────────────────────────────────────────────────

  const told = document.createElement("div");
  told.setAttribute("role", "status");
  told.className = "fresh-cards";
  if (lists.length) main.prepend(told);
  const known = new Set([...document.querySelectorAll(".card[id]")].map((card) => card.id));

  async function look() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-live] .card[id]")].filter((card) => !known.has(card.id));
    if (!fresh.length) return told.replaceChildren();
    const forms = said.cards.split("|");
    const button = document.createElement("button");
    button.className = "second";
    button.textContent = forms[Math.min(fresh.length, forms.length) - 1];
    button.addEventListener("click", () => {
      for (const list of lists) {
        const other = page.getElementById(list.id);
        if (other) list.replaceChildren(...document.importNode(other, true).childNodes);
      }
      for (const card of fresh) known.add(card.id);
      told.replaceChildren();
      document.getElementById(fresh[0].id)?.querySelector("a")?.focus();
    });
    told.replaceChildren(button);
  }

  // ── news: how many, beside “Mon entraide” ───────────────────────────────────────────────────

  const mine = document.querySelector('.top nav a[href="/me"]');

  function news({ unread, said: words }) {
    if (!mine) return;
    let [count, more] = mine.querySelectorAll("span");
    if (!unread) return [count, more].forEach((one) => one?.remove());
    if (!more) {
      count?.remove();
      [count, more] = [document.createElement("span"), document.createElement("span")];
      count.setAttribute("aria-hidden", "true");
      more.className = "unseen";
      mine.append(" ", count, more);
    }
    more.setAttribute("role", "status");
    if (count.textContent === `(${unread})`) return;
    count.textContent = `(${unread})`;
    more.textContent = `, ${words}`;
  }

  // ── the stream: while the page is looked at ─────────────────────────────────────────────────

  let stream = null;
  let first = true;

  function listen() {
    if (stream || document.hidden || !(lists.length || mine) || root.seen) return;
    stream = new EventSource("/live");
    stream.addEventListener("news", (event) => news(JSON.parse(event.data)));
    stream.addEventListener("cards", (event) => {
      // At its beginning it names the newest card, which an unfiltered page has.
      const expected = first && (location.search || event.data === "0" || known.has(`card-${event.data}`));
      first = false;
      if (lists.length && !expected) look().catch(() => {});
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return listen();
    stream?.close();
    stream = null;
  });
  // A page that is left, but kept for the way back, hears nothing meanwhile.
  addEventListener("pagehide", () => (stream?.close(), (stream = null)));
  addEventListener("pageshow", (event) => event.persisted && listen());

  addEventListener("load", () => {
    setTimeout(listen, 1000);
    if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
  });
})();
