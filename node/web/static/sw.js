// The service worker: a copy of what one saw last, forms that could not be sent, notifications.
// VERSION and KEPT stand before this; outbox.js is loaded.
"use strict";

const FILES = `files-${VERSION}`;
const PAGES = "pages";
const WHO = "/-/who"; // whose copies they are
const MOST = 60;
const FORTNIGHT = 14 * 86400e3;
const PATIENCE = 12e3; // before a copy is shown on a line that hardly works
const NEVER = /^\/(desk|api|oauth|media|live|signin|signup|join|reset|confirm|unsubscribe|me\/(security|data|leave|push))(\/|$)/;
const ANOTHER = /^\/(signin|signout|join|me\/leave|me\/security|reset)(\/|$)/;
const HEADERS = ["Content-Type", "Content-Language", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"];

let turns = 0; // somebody signs in or out: what was asked before is not kept

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(FILES).then((cache) => cache.addAll(KEPT)));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("files-") && name !== FILES) await caches.delete(name);
      }
      await clients.claim();
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(page(event, !NEVER.test(url.pathname)));
  } else if (request.mode === "navigate" && request.method === "POST") {
    event.respondWith(form(request, url));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/") && url.searchParams.has("v")) {
    event.respondWith(file(request));
  }
});

// ── files: their address changes with them ────────────────────────────────────────────────────

async function file(request) {
  const found = await caches.match(request, { cacheName: FILES });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && /\.(css|js)$/.test(new URL(request.url).pathname)) {
    await (await caches.open(FILES)).put(request, answer.clone());
  }
  return answer;
}

// ── pages: from the network, and from the copy without one ────────────────────────────────────

async function page(event, kept) {
  const { request } = event;
  const turn = turns;
  const asked = fetch(request);
  const copy = kept ? await stored(request.url) : null;
  try {
    const answer = await (copy ? Promise.race([asked, late()]) : asked);
    if ([502, 503, 504].includes(answer.status) && copy) return shown(copy);
    const html = answer.headers.get("Content-Type")?.startsWith("text/html");
    if (answer.ok && !answer.redirected && html) event.waitUntil(keep(request.url, answer.clone(), turn, kept));
    return answer;
  } catch {
    return copy ? shown(copy) : offline();
  }
}

const late = () => new Promise((_, failed) => setTimeout(() => failed(new Error("late")), PATIENCE));

async function stored(url) {
  const cache = await caches.open(PAGES);
  const found = await cache.match(plain(url));
  if (found && Number(found.headers.get("X-Seen")) > Date.now() - FORTNIGHT) return found;
  return null;
}

const plain = (url) => url.split("#")[0];

async function keep(url, answer, turn, wanted) {
  const text = await answer.text();
  const who = /<html[^>]* data-who="([^"]*)"/.exec(text)?.[1];
  if (who === undefined || turn !== turns) return;
  let cache = await caches.open(PAGES);
  const before = await cache.match(WHO);
  if (before && (await before.text()) !== who) {
    await caches.delete(PAGES);
    cache = await caches.open(PAGES);
  }
  await cache.put(WHO, new Response(who));
  if (wanted) await put(cache, url, text, answer);
  if (!(await cache.match("/offline"))) {
    const spare = await fetch("/offline");
    if (spare.ok && turn === turns) await put(cache, "/offline", await spare.text(), spare);
  }
  const old = (await cache.keys()).filter((one) => ![WHO, "/offline"].includes(new URL(one.url).pathname));
  for (const one of old.slice(0, Math.max(0, old.length - MOST))) await cache.delete(one);
  if (turn !== turns) await caches.delete(PAGES);
}

async function put(cache, url, text, answer) {
  const title = /<title>([^<]*)<\/title>/.exec(text)?.[1] ?? "";
  const headers = { "X-Seen": String(Date.now()), "X-Title": encodeURIComponent(title) };
  for (const name of HEADERS) {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  }
  // What was said once is not said again.
  const told = text.replace(/<p class="notice" role="status">[^<]*<\/p>/, "");
  await cache.put(plain(url), new Response(told, { headers }));
}

async function shown(copy) {
  const text = (await copy.text()).replace("<html ", `<html data-seen="${Number(copy.headers.get("X-Seen"))}" `);
  return new Response(text, { headers: copy.headers });
}

async function offline() {
  const found = await caches.match("/offline", { cacheName: PAGES });
  return found ?? new Response("Hors ligne. – Offline.", { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

// ── forms ─────────────────────────────────────────────────────────────────────────────────────

async function form(request, url) {
  if (ANOTHER.test(url.pathname)) {
    turns += 1;
    await caches.delete(PAGES);
    return fetch(request).catch(offline);
  }
  const plainForm = request.headers.get("Content-Type")?.startsWith("application/x-www-form-urlencoded");
  const copy = plainForm ? request.clone() : null;
  try {
    return await fetch(request);
  } catch {
    const fields = copy && (await copy.formData());
    if (!fields?.get("_outbox")) return offline();
    await Outbox.keep(request.url, fields);
    registration.sync?.register("outbox").catch(() => {});
    return Response.redirect("/offline?kept=1", 303);
  }
}

addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(Outbox.send());
});

// ── notifications ─────────────────────────────────────────────────────────────────────────────

addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    // An empty message still says that there is news.
  }
  const mine = told.notification_id && told.notification_type !== "mention";
  event.waitUntil(
    registration.showNotification(told.title || "Entraide", {
      body: told.body || "",
      lang: told.preferred_locale || "",
      icon: ICON,
      tag: told.notification_id || "news",
      data: mine ? `/me/news/${told.notification_id}` : "/me/news",
    }),
  );
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    (async () => {
      const url = new URL(event.notification.data, location.origin).href;
      const [open] = await clients.matchAll({ type: "window" });
      if (!open) return clients.openWindow(url);
      await open.focus();
      return open.navigate(url);
    })(),
  );
});
