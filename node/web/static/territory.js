// The quartier's outline, drawn corner by corner. Without this file there is the circle and the file.
"use strict";

const place = document.getElementById("draw");
if (place && window.L) {
  place.hidden = false;
  const now = JSON.parse(place.dataset.outline);
  const card = L.map("card", { attributionControl: Boolean(place.dataset.attribution) });
  if (place.dataset.tiles) {
    L.tileLayer(place.dataset.tiles, {
      maxZoom: Number(place.dataset.zoom),
      attribution: place.dataset.attribution.replace(/[<>&]/g, ""),
    }).addTo(card);
  }
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--warm").trim();
  const today = L.geoJSON({ type: "MultiPolygon", coordinates: now }, {
    style: { color: colour, weight: 2, dashArray: "6 6", fillOpacity: 0.05 },
  }).addTo(card);
  card.fitBounds(today.getBounds().pad(0.3));

  let corners = [];
  const drawn = L.polygon([], { color: colour, weight: 3 }).addTo(card);
  const said = document.getElementById("corners");
  const show = () => {
    drawn.setLatLngs(corners);
    said.textContent = corners.length ? `${said.dataset.some} ${corners.length}` : said.dataset.none;
    document.getElementById("done").disabled = corners.length < 3;
    const ring = corners.map((one) => [one.lng, one.lat]);
    document.getElementById("geojson").value = corners.length < 3 ? "" : JSON.stringify({
      type: "Polygon",
      coordinates: [[...ring, ring[0]]],
    });
  };
  const add = (at) => { corners.push(at.wrap()); show(); };
  card.on("click", (event) => add(event.latlng));
  document.getElementById("corner").addEventListener("click", () => add(card.getCenter()));
  document.getElementById("undo").addEventListener("click", () => { corners.pop(); show(); });
  show();
}
