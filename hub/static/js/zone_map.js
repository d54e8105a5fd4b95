// The zone of one partnership on a map. The text field is the truth: drawing rewrites it, and
// typing into it draws anew; it alone is sent, and the server checks it.
/* global L */
import { drawn, lookAt, mapData, named, newMap } from "./ground.js";
import { asPolygons, asText } from "./zone_text.js";

const field = document.getElementById("geometry");
const told = document.getElementById("map-told");
const place = document.getElementById("map");
const map = newMap(place);
const zone = L.featureGroup().addTo(map);
const data = mapData();

drawn(data.neighbours, "other", { onEachFeature: named, interactive: false }).addTo(map);
showZone();
drawn(data.overlaps, "shared", { interactive: false }).addTo(map);
const wrong = L.featureGroup(data.places.map((one) => (
  L.circleMarker([one.latitude, one.longitude], { radius: 12, className: "wrong", interactive: false, pmIgnore: true })
))).addTo(map);
document.getElementById("map-key").hidden = false;
// With something of what lies around it.
lookAt(map, zone.getLayers().length ? zone.getBounds().pad(0.3) : everything());
if (!field.readOnly) letDraw();

function everything() {
  const bounds = L.latLngBounds([]);
  map.eachLayer((layer) => { if (layer.getBounds) bounds.extend(layer.getBounds()); });
  return bounds;
}

function showZone() {
  zone.clearLayers();
  for (const polygon of asPolygons(field.value)) zone.addLayer(editable(polygon));
}

function editable(coordinates) {
  const rings = coordinates.map((ring) => ring.map(([longitude, latitude]) => [latitude, longitude]));
  return watched(L.polygon(rings, { className: "own" }));
}

function watched(layer) {
  layer.on("pm:edit pm:dragend", write);
  return layer;
}

function letDraw() {
  const shape = { className: "own" };
  map.pm.setLang(place.dataset.language);
  map.pm.setGlobalOptions({ allowSelfIntersection: true, pathOptions: shape, snapDistance: 12 });
  map.pm.addControls({
    position: "topleft", drawControls: true, editControls: true, oneBlock: true,
    drawMarker: false, drawCircleMarker: false, drawPolyline: false, drawCircle: false, drawText: false,
    drawRectangle: true, drawPolygon: true,
    editMode: true, dragMode: false, cutPolygon: true, removalMode: true, rotateMode: false,
  });
  nameButtons();
  map.on("pm:create", (event) => { map.removeLayer(event.layer); addPolygons(event.layer); write(); });
  map.on("pm:cut", (event) => { zone.removeLayer(event.originalLayer); map.removeLayer(event.layer); addPolygons(event.layer); write(); });
  map.on("pm:remove", (event) => { zone.removeLayer(event.layer); write(); });
  field.addEventListener("change", read);
}

// The drawing tools say what they do on hovering only; a screen reader hears it, too.
function nameButtons() {
  for (const button of map.getContainer().querySelectorAll(".leaflet-buttons-control-button")) {
    button.setAttribute("aria-label", button.closest("[title]").title);
  }
}

// What was drawn, with every part of it a polygon of its own.
function addPolygons(layer) {
  const geometry = layer.toGeoJSON(7).geometry;
  const parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  for (const one of parts) zone.addLayer(editable(one));
}

function write() {
  field.value = asText(zone.getLayers().map((layer) => layer.toGeoJSON(7).geometry.coordinates));
  changed(told.dataset.changed);
}

function read() {
  const wasEditing = map.pm.globalEditModeEnabled();
  map.pm.disableGlobalEditMode();
  showZone();
  if (wasEditing) map.pm.enableGlobalEditMode();
  changed(zone.getLayers().length ? told.dataset.changed : told.dataset.unreadable);
  lookAt(map, zone.getBounds());
}

// What was said of the zone before is said of another one.
function changed(words) {
  told.textContent = words;
  wrong.clearLayers();
  for (const box of document.querySelectorAll("#doubts input")) box.checked = false;
}
