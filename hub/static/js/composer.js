// The composer: a click on the map says where, and what somebody is typing in is never swapped away.
/* global L, htmx */
import { drawn, fetched, lookAt, mapData, newMap } from "./ground.js";

const PATIENCE_MS = 15_000;
const form = document.getElementById("composer");
const again = () => htmx.trigger(form, "again");

// A held Enter key or a second click must not do it again.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && !event.target.matches("textarea")) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  for (const one of event.target.querySelectorAll("[data-once]")) one.setAttribute("aria-disabled", "true");
  // Where no answer comes, it may be pressed again: the server knows the form, and does it once.
  setTimeout(letSend, PATIENCE_MS, event.target);
});
// The browser's Back shows the page as it was left: it may be sent from there.
addEventListener("pageshow", () => { for (const one of document.forms) letSend(one); });

function letSend(sent) {
  delete sent.dataset.sent;
  for (const one of sent.querySelectorAll("[data-once]")) one.removeAttribute("aria-disabled");
}

if (form) {
  keepWhatIsTyped();
  keepLanguage();
  showMap();
}

function keepWhatIsTyped() {
  let isBehind = false;
  let pressed = null;
  const texts = () => document.getElementById("texts");
  document.body.addEventListener("htmx:oobBeforeSwap", mind);
  // Swapped away between the press and its release, a box would never be ticked.
  form.addEventListener("pointerdown", (event) => { pressed = event.target; });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, released);
  form.addEventListener("focusout", () => {
    // Once the focus has gone elsewhere.
    setTimeout(() => { if (isBehind && !isTyping()) { isBehind = false; again(); } });
  });

  // Enter in the search looks for a name; it does not go on.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "find") { event.preventDefault(); again(); }
  });

  // The click comes after it, and asks anew by itself where it ticks something.
  function released() {
    pressed = null;
    setTimeout(() => { if (isBehind && !isTyping()) { isBehind = false; again(); } });
  }

  function mind(event) {
    const { target, fragment } = event.detail;
    if (!target || !fragment) return;
    if (pressed && target.contains(pressed)) {
      event.detail.shouldSwap = false;
      isBehind = true;
      return;
    }
    const focused = document.activeElement;
    if (focused.id === "find" && target.contains(focused)) {
      // The list follows what is typed; what was typed meanwhile stays.
      fragment.querySelector("#find").value = focused.value;
    } else if (target.contains(focused) && isTyping()) {
      event.detail.shouldSwap = false;
      isBehind = isBehind || target === texts();
      return;
    }
    keepOpen(target, fragment);
  }
}

function isTyping() {
  const one = document.activeElement;
  return Boolean(one) && form.contains(one) && one.matches("textarea, input[type=search], input:not([type])");
}

// What was opened stays open when it is written anew.
function keepOpen(old, fresh) {
  const opened = [...old.querySelectorAll("details")].map((one) => one.open);
  fresh.querySelectorAll("details").forEach((one, place) => { if (opened[place]) one.open = true; });
}

// Another language for the page, with all that is typed: the form's own buttons do it.
function keepLanguage() {
  const row = document.getElementById("in-language");
  row.classList.add("visually-hidden");
  for (const link of document.querySelectorAll(".languages a")) {
    const button = row.querySelector(`button[value="${link.lang}"]`);
    link.addEventListener("click", (event) => { if (button) { event.preventDefault(); button.click(); } });
  }
}

function showMap() {
  const [field, metres] = ["ground", "metres"].map((id) => document.getElementById(id));
  const data = mapData();
  const map = newMap(document.getElementById("map"));
  const zones = L.featureGroup().addTo(map);
  const mark = L.featureGroup().addTo(map);
  const others = L.featureGroup().addTo(map);
  let latest = 0;
  document.getElementById("click-the-map").hidden = false;
  const clear = document.getElementById("clear-ground");
  clear.hidden = false;
  clear.addEventListener("click", () => { set([]); });

  showZones(data.zones);
  showMark();
  if (mark.getLayers().length) lookAt(map, mark.getBounds().pad(2));
  else if (data.box) lookAt(map, L.latLngBounds([data.box[1], data.box[0]], [data.box[3], data.box[2]]));
  map.on("moveend", load);
  load();
  map.on("click", (event) => {
    const { lat, lng } = event.latlng.wrap();
    const here = [+lat.toFixed(5), +lng.toFixed(5)];
    set(kind() === "point" ? [here] : [...points(), here]);
  });
  field.addEventListener("input", showMark);
  metres.addEventListener("input", showMark);
  for (const one of form.elements.drawn) one.addEventListener("change", showMark);
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    // What was swapped away still says what it said: the new one is asked.
    if (event.detail.target.id !== "partnerships") return;
    showZones(JSON.parse(document.getElementById("partnerships").dataset.zones));
  });

  async function load() {
    const number = latest += 1;
    const box = map.getBounds();
    const words = new URLSearchParams({
      west: Math.max(-180, box.getWest()), south: Math.max(-90, box.getSouth()),
      east: Math.min(180, box.getEast()), north: Math.min(90, box.getNorth()),
    });
    const found = await fetched(`/map/zones?${words}`);
    // A map moved meanwhile has asked again, and its answer may have come before this one.
    if (found && number === latest) around(found);
  }

  function around(found) {
    others.clearLayers();
    drawn(found, "other", { interactive: false }).addTo(others);
    zones.bringToFront();
  }

  function showZones(found) {
    zones.clearLayers();
    drawn(found, "other found", { interactive: false }).addTo(zones);
  }

  function kind() {
    return form.elements.drawn.value;
  }

  function points() {
    return field.value.split("\n").map((line) => line.split(/[,; ]+/).map(parseFloat))
      .filter((one) => one.length === 2 && !one.some(Number.isNaN));
  }

  function set(places) {
    field.value = places.map(([north, east]) => `${north.toFixed(5)}, ${east.toFixed(5)}`).join("\n");
    showMark();
    again();
  }

  function showMark() {
    mark.clearLayers();
    const places = points();
    if (!places.length) return;
    const look = { className: "asked", interactive: false };
    if (kind() === "street" && places.length > 1) L.polyline(places, { ...look, fill: false }).addTo(mark);
    else if (kind() === "area" && places.length > 2) L.polygon(places, look).addTo(mark);
    for (const place of kind() === "point" ? places.slice(-1) : places) L.circleMarker(place, { radius: 6, ...look }).addTo(mark);
    const radius = parseFloat(metres.value || metres.placeholder);
    if (kind() === "point" && radius > 0) L.circle(places.at(-1), { radius, ...look }).addTo(mark);
  }
}
