// The map under every zone: tiles where the operator chose some, else plain ground with a scale.
/* global L */

const BELGIUM = [[49.45, 2.5], [51.55, 6.45]];
const NEAREST_ZOOM = 17;

export function newMap(place) {
  place.hidden = false;
  const map = L.map(place, { zoomControl: false, zoomSnap: 0.5, maxZoom: 19, minZoom: 6 });
  L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (place.dataset.tiles) {
    L.tileLayer(place.dataset.tiles, {
      maxZoom: 19,
      attribution: credit(place.dataset.attribution),
      // Map makers refuse who does not say where he comes from; the page itself is not their business.
      referrerPolicy: "strict-origin",
    }).addTo(map);
  } else {
    map.attributionControl.addAttribution(credit(place.dataset.noTiles));
  }
  map.fitBounds(BELGIUM);
  return map;
}

// Words and, at their end, the web address they lead to; never as HTML.
function credit(text) {
  const found = /^(.*?)\s*(https?:\/\/\S+)?$/.exec(text);
  const shown = document.createElement(found[2] ? "a" : "span");
  if (found[2]) shown.href = found[2];
  shown.textContent = found[1] || found[2] || "";
  return shown.outerHTML;
}

export function lookAt(map, bounds) {
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: NEAREST_ZOOM, animate: false });
}

export function drawn(features, className, options = {}) {
  return L.geoJSON(features, {
    style: { className },
    pmIgnore: true,
    ...options,
  });
}

export function named(feature, layer) {
  const name = document.createElement("span");
  name.textContent = feature.properties.name;
  layer.bindTooltip(name, { permanent: true, direction: "center", className: "zone-name" });
}

// What the hub answers, read to its end; null where no answer came, or the page was left.
export async function fetched(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export function mapData() {
  return JSON.parse(document.getElementById("map-data").textContent);
}
