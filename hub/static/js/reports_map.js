// Where the listed reports are; each point leads to its report. The list under the map says the same.
/* global L */
import { lookAt, mapData, newMap } from "./ground.js";

const map = newMap(document.getElementById("map"));
const shown = L.featureGroup().addTo(map);
for (const one of mapData().points) {
  const name = document.createElement("span");
  name.textContent = `${one.number} · ${one.name}`;
  L.circleMarker(one.at, { radius: 8, className: `report-point ${one.status}` })
    .bindTooltip(name)
    .on("click", () => window.location.assign(one.address))
    .addTo(shown);
}
lookAt(map, shown.getBounds());
