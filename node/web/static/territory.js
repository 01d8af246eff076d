// Where the quartier lies, drawn on a map: corner by corner, or cell by cell. Without this file
// there are the circle and the file.
"use strict";

(() => {
  const place = document.getElementById("draw");
  if (!place || !window.L) return;
  const find = (id) => document.getElementById(id);
  const say = place.dataset;
  place.hidden = false;

  const quick = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map("card", {
    zoomControl: false,
    attributionControl: Boolean(say.attribution),
    scrollWheelZoom: false, // who scrolls the page is not caught by the map
    zoomSnap: 0.5,
    zoomAnimation: !quick,
    fadeAnimation: !quick,
  });
  const frame = map.getContainer();
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", say.label);
  L.control.zoom({ zoomInTitle: say.in, zoomOutTitle: say.out }).addTo(map);
  if (say.tiles) {
    L.tileLayer(say.tiles, {
      maxZoom: Number(say.zoom),
      attribution: say.attribution.replace(/[<>&]/g, ""),
    }).addTo(map);
  }
  const today = L.geoJSON({ type: "MultiPolygon", coordinates: JSON.parse(say.outline) }, {
    style: { className: "today" }, interactive: false,
  }).addTo(map);
  map.fitBounds(today.getBounds().pad(0.3));
  const middle = document.createElement("div"); // stays there, whatever moves
  middle.className = "middle";
  frame.append(middle);

  const said = find("said");
  const drawn = find("drawn");
  const done = find("done");
  let byCells = false;

  // Corner by corner
  let corners = [];
  const ring = L.polygon([], { className: "ring", interactive: false }).addTo(map);
  const side = (a, b, p) => Math.sign(
    (b.lng - a.lng) * (p.lat - a.lat) - (b.lat - a.lat) * (p.lng - a.lng));
  const cross = (a, b, c, d) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
  const crossed = () => {
    const lines = corners.map((one, at) => [one, corners[(at + 1) % corners.length]]);
    return lines.some((one, at) => lines.slice(at + 1).some((other) => cross(...one, ...other)));
  };
  const add = (at) => { corners.push(at.wrap()); show(); };

  // Cell by cell
  const cells = new Map();
  let layer = null;
  const paint = (cell) => cell.shape.getElement()?.classList.toggle("ours", cell.ours);
  const toggle = (cell) => { cell.ours = !cell.ours; paint(cell); show(); };
  const inside = (point, corners_) => {
    let odd = false;
    for (let at = 0, before = corners_.length - 1; at < corners_.length; before = at++) {
      const [lat, lng] = corners_[at];
      const [lat0, lng0] = corners_[before];
      if ((lat > point.lat) !== (lat0 > point.lat)
        && point.lng < ((lng0 - lng) * (point.lat - lat)) / (lat0 - lat) + lng) odd = !odd;
    }
    return odd;
  };
  const load = async () => {
    if (layer) return;
    layer = L.layerGroup();
    const answer = await fetch(say.cells, { credentials: "same-origin" });
    const found = answer.ok ? await answer.json() : [];
    for (const { cell, ours, ring: corners_ } of found) {
      const one = { ours, ring: corners_, shape: L.polygon(corners_, { className: "cell" }) };
      one.shape.on("click", (event) => { L.DomEvent.stop(event); toggle(one); });
      cells.set(cell, one);
      layer.addLayer(one.shape);
    }
  };

  const show = () => {
    if (byCells) {
      const ours = [...cells].filter(([, one]) => one.ours).map(([cell]) => cell);
      drawn.name = "cells";
      drawn.value = ours.join(" ");
      said.textContent = `${said.dataset.cells} ${ours.length}`;
      done.disabled = !ours.length;
      return;
    }
    ring.setLatLngs(corners);
    const wrong = corners.length > 3 && crossed();
    said.textContent = wrong ? said.dataset.crossed
      : corners.length ? `${said.dataset.corners} ${corners.length}` : said.dataset.none;
    done.disabled = corners.length < 3 || wrong;
    const around = corners.map((one) => [one.lng, one.lat]);
    drawn.name = "geojson";
    drawn.value = corners.length < 3 ? "" : JSON.stringify({
      type: "Polygon", coordinates: [[...around, around[0]]],
    });
  };

  const choose = async (cellwise) => {
    if (cellwise) await load();
    if (cellwise && !cells.size) { find("by-cells").hidden = true; return; } // too many of them
    byCells = cellwise;
    find("by-cells").setAttribute("aria-pressed", String(cellwise));
    find("by-corners").setAttribute("aria-pressed", String(!cellwise));
    for (const [name, shown] of [["corners", !cellwise], ["cells", cellwise]]) {
      find(`how-${name}`).hidden = !shown;
      find(`do-${name}`).hidden = !shown;
    }
    if (cellwise) {
      layer.addTo(map);
      for (const one of cells.values()) paint(one);
    } else layer?.remove();
    ring[cellwise ? "remove" : "addTo"](map);
    show();
  };
  map.on("click", (event) => { if (!byCells) add(event.latlng); });
  find("by-corners").addEventListener("click", () => choose(false));
  find("by-cells").addEventListener("click", () => choose(true));
  find("corner").addEventListener("click", () => add(map.getCenter()));
  find("undo").addEventListener("click", () => { corners.pop(); show(); });
  find("cell").addEventListener("click", () => {
    const at = map.getCenter();
    for (const one of cells.values()) if (inside(at, one.ring)) { toggle(one); break; }
  });
  show();
})();
