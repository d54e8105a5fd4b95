// Where a member points at the place he lives or works: a click writes the field, the field moves
// the mark. Without it the field is typed in.
/* global L */
import { drawn, lookAt, mapData, newMap } from "./ground.js";

const data = mapData();
const field = document.getElementById("point");
const map = newMap(document.getElementById("map"));
const mark = L.featureGroup().addTo(map);
const zones = drawn(data.zones, "other", { interactive: false }).addTo(map);

show();
if (mark.getLayers().length) map.setView(mark.getLayers()[0].getLatLng(), 15, { animate: false });
else lookAt(map, zones.getBounds());
document.getElementById("click-the-map").hidden = false;
map.on("click", (event) => {
  const { lat, lng } = event.latlng.wrap();
  field.value = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
  show();
});
field.addEventListener("input", show);

function show() {
  mark.clearLayers();
  const found = /^\s*(\d{1,2}\.\d+)\s*[,; ]\s*(\d{1,2}\.\d+)\s*$/.exec(field.value);
  if (found) L.circleMarker([+found[1], +found[2]], { radius: 7, className: "asked", interactive: false }).addTo(mark);
}
