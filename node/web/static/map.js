// A map that can be moved about, in the place of the plan that the page brings. What it tells
// stands in the list, too; what others wrote becomes text, never markup.
"use strict";

(async () => {
  const figure = document.getElementById("map");
  if (!figure || !window.L) return;
  const say = figure.dataset;
  const answer = await fetch(say.source, { credentials: "same-origin" });
  if (!answer.ok) return; // the plan stays
  const data = await answer.json();

  const put = (name, text, more = {}) => {
    const one = document.createElement(name);
    one.textContent = text;
    return Object.assign(one, more);
  };

  figure.replaceChildren();
  figure.setAttribute("role", "region");
  figure.setAttribute("aria-label", say.label);
  const quick = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(figure, {
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false, // who scrolls the page is not caught by the map
    maxZoom: data.tiles ? data.max_zoom : 16,
    zoomSnap: 0.5,
    zoomAnimation: !quick,
    fadeAnimation: !quick,
    markerZoomAnimation: !quick,
  });
  map.setView(data.centre, 14);
  L.control.zoom({ zoomInTitle: say.in, zoomOutTitle: say.out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (data.tiles) {
    L.tileLayer(data.tiles, { maxZoom: data.max_zoom }).addTo(map);
    document.querySelector(".credits").hidden = false;
  }

  const home = L.featureGroup();
  for (const shape of [...data.shapes].reverse()) {
    const rings = shape.outline.map((polygon) =>
      polygon.map((ring) => ring.map(([lon, lat]) => [lat, lon])));
    const drawn = L.polygon(rings, {
      className: shape.home ? "shape home" : "shape",
      interactive: false,
      smoothFactor: 0.5,
    }).addTo(map);
    drawn.bindTooltip(put("span", shape.name), {
      permanent: true, direction: "center", className: "quartier", interactive: false,
    });
    if (shape.home) home.addLayer(drawn);
  }

  const popup = (spot) => {
    const box = document.createElement("div");
    box.append(put("p", `${spot.name} · ${spot.count}`, { className: "where" }));
    const list = document.createElement("ul");
    for (const card of spot.cards) {
      const line = document.createElement("li");
      const link = put("a", card.title, { href: local(card.link) });
      if (card.language) link.lang = card.language;
      line.append(link, put("span", card.about, { className: "quiet" }));
      list.append(line);
    }
    box.append(list, put("a", say.around, { href: local(spot.around) }));
    return box;
  };
  const local = (path) => (path.startsWith("/") && !path.startsWith("//") ? path : "/");

  const shown = L.featureGroup();
  for (const spot of data.spots) {
    const area = L.circle(spot.at, { radius: spot.radius, className: "area", interactive: false });
    const icon = L.divIcon({
      className: "spot", html: put("span", spot.number), iconSize: [32, 32],
    });
    const pin = L.marker(spot.at, { icon, keyboard: true }).bindPopup(() => popup(spot), {
      maxWidth: Math.min(320, figure.clientWidth - 60), autoPanPadding: [8, 8],
    });
    area.addTo(map);
    pin.addTo(map);
    pin.getElement().setAttribute("aria-label", `${spot.number}. ${spot.name} · ${spot.count}`);
    shown.addLayer(area);
    const line = document.querySelector(`[data-spot="${spot.number}"] .about`);
    if (line) {
      const button = put("button", say.show, { type: "button", className: "plain" });
      button.setAttribute("aria-label", `${say.show} : ${spot.name}`);
      button.addEventListener("click", () => {
        figure.scrollIntoView({ block: "nearest" });
        map.setView(spot.at, Math.max(map.getZoom(), 14), { animate: !quick });
        pin.openPopup();
      });
      line.append(button);
    }
  }

  // Who opens what is at a place by the keyboard goes on there, and comes back.
  let from = null;
  map.on("popupopen", ({ popup: opened }) => {
    const element = opened.getElement();
    element.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say.close);
    from = document.activeElement;
    element.querySelector("a[href]:not(.leaflet-popup-close-button)")?.focus({ preventScroll: true });
  });
  figure.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup());
  map.on("popupclose", () => from?.isConnected && from.focus({ preventScroll: true }));

  // A place where nothing is marked: what is around it.
  map.on("click", ({ latlng }) => {
    const { lat, lng } = latlng.wrap();
    const near = `${lat.toFixed(3)},${lng.toFixed(3)}`;
    const link = put("a", say.search, { href: `/?near=${near}&within=1000` });
    const box = document.createElement("p");
    box.append(link);
    L.popup({ autoPanPadding: [8, 8] }).setLatLng(latlng).setContent(box).openOn(map);
  });

  const all = home.getLayers().length ? home.getBounds() : L.latLngBounds([data.centre]);
  for (const area of shown.getLayers()) {
    if (map.distance(data.centre, area.getLatLng()) < 6000) all.extend(area.getLatLng());
  }
  map.fitBounds(all.pad(0.1), { animate: false, maxZoom: 15 });
})();
