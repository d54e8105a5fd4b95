// All zones within reach on one map, fetched as it is moved, and the place somebody asks about.
/* global L */
import { drawn, fetched, lookAt, mapData, named, newMap } from "./ground.js";

const place = document.getElementById("map");
const map = newMap(place);
const data = mapData();
const zones = L.featureGroup().addTo(map);
const asked = L.featureGroup().addTo(map);
const fields = ["latitude", "longitude", "metres"].map((name) => document.getElementById(name));
// Further out the names would cover the zones.
const NAMES_FROM_ZOOM = 13;

let latest = 0;
showAsked();
if (asked.getLayers().length) lookAt(map, asked.getBounds().pad(0.5));
else if (data.box) lookAt(map, L.latLngBounds([data.box[1], data.box[0]], [data.box[3], data.box[2]]));
document.getElementById("click-the-map").hidden = false;
map.on("moveend", load);
map.on("click", (event) => {
  fields[0].value = event.latlng.lat.toFixed(5);
  fields[1].value = event.latlng.wrap().lng.toFixed(5);
  showAsked();
});
for (const one of fields) one.addEventListener("change", showAsked);
load();

async function load() {
  const number = latest += 1;
  const box = map.getBounds();
  const words = new URLSearchParams({
    west: Math.max(-180, box.getWest()), south: Math.max(-90, box.getSouth()),
    east: Math.min(180, box.getEast()), north: Math.min(90, box.getNorth()),
  });
  const found = await fetched(`/map/zones?${words}`);
  // A map moved meanwhile has asked again, and its answer may have come before this one.
  if (found && number === latest) show(found);
}

function show(found) {
  zones.clearLayers();
  const className = (feature) => (data.found && data.found.includes(feature.properties.slug) ? "other found" : "other");
  drawn(found, "other", {
    style: (feature) => ({ className: className(feature) }),
    onEachFeature: (feature, layer) => {
      if (map.getZoom() >= NAMES_FROM_ZOOM) named(feature, layer);
    },
    // A click asks about the place, inside a zone as outside.
    interactive: false,
  }).addTo(zones);
}

function showAsked() {
  asked.clearLayers();
  const [latitude, longitude, metres] = fields.map((one) => parseFloat(one.value.replace(",", ".")));
  if (Number.isNaN(latitude) || Number.isNaN(longitude)) return;
  L.circleMarker([latitude, longitude], { radius: 5, className: "asked", interactive: false }).addTo(asked);
  if (metres > 0) L.circle([latitude, longitude], { radius: metres, className: "asked", interactive: false }).addTo(asked);
}
