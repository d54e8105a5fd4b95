// Hot spots as circles, each with its name; and where somebody points to open one.
/* global L */
import { lookAt, mapData, newMap } from "./ground.js";

// Smaller than this a circle would be a dot nobody finds.
const SMALLEST_PIXELS = 8;
const data = mapData();
const map = newMap(document.getElementById("map"));
const shown = L.featureGroup().addTo(map);
const asked = L.featureGroup().addTo(map);
const fields = ["latitude", "longitude", "radius"].map((name) => document.getElementById(name));

for (const one of data.circles) show(one);
if (shown.getLayers().length) lookAt(map, shown.getBounds().pad(0.3));
if (data.pointing) point();

function show(one) {
  const place = [one.latitude, one.longitude];
  const className = one.closed ? "other" : "own";
  const circle = L.circle(place, { radius: one.metres, className }).addTo(shown);
  const words = document.createElement("span");
  words.textContent = one.name;
  circle.bindTooltip(words, { permanent: data.circles.length <= 30, direction: "center", className: "zone-name" });
  L.circleMarker(place, { radius: SMALLEST_PIXELS, className, interactive: false }).addTo(shown);
  // In the list below each can be reached by keyboard.
  if (one.href) circle.on("click", () => { if (!data.pointing) location.assign(one.href); });
}

function point() {
  document.getElementById("click-the-map").hidden = false;
  map.on("click", (event) => {
    fields[0].value = event.latlng.lat.toFixed(5);
    fields[1].value = event.latlng.wrap().lng.toFixed(5);
    showAsked();
  });
  for (const one of fields) one.addEventListener("change", showAsked);
  showAsked();
  if (asked.getLayers().length) lookAt(map, asked.getBounds().pad(0.5));
}

function showAsked() {
  asked.clearLayers();
  const [latitude, longitude, metres] = fields.map((one) => parseFloat(one.value.replace(",", ".")));
  if (Number.isNaN(latitude) || Number.isNaN(longitude)) return;
  L.circleMarker([latitude, longitude], { radius: 5, className: "asked", interactive: false }).addTo(asked);
  if (metres > 0) L.circle([latitude, longitude], { radius: metres, className: "asked", interactive: false }).addTo(asked);
}
