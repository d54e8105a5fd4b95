// A zone as text, as partnerships/zone_text.py reads and writes it: a corner on each line with its
// latitude first, a blank line between parts; or GeoJSON. Polygons are lists of rings, as in GeoJSON.
const NUMBER = /[-+]?\d+(?:[.,]\d+)?/g;

// What the text draws; nothing where it is no zone (the server says why).
export function asPolygons(text) {
  try {
    return /^\s*[{[]/.test(text) ? ofGeoJson(JSON.parse(text)) : ofLines(text);
  } catch {
    return [];
  }
}

function ofGeoJson(value) {
  switch (value.type) {
    case "Polygon": return [value.coordinates];
    case "MultiPolygon": return value.coordinates;
    case "Feature": return value.geometry ? ofGeoJson(value.geometry) : [];
    case "FeatureCollection": return value.features.flatMap(ofGeoJson);
    case "GeometryCollection": return value.geometries.flatMap(ofGeoJson);
    default: return [];
  }
}

function ofLines(text) {
  const parts = text.split(/\n\s*\n/).filter((part) => part.trim());
  return parts.map((part) => {
    const ring = part.trim().split("\n").map(corner);
    return [[...ring, ring[0]]];
  });
}

function corner(line) {
  const [latitude, longitude, ...rest] = (line.match(NUMBER) || []).map((one) => Number(one.replace(",", ".")));
  if (longitude === undefined || rest.length) throw new Error("no corner");
  return [longitude, latitude];
}

export function asText(polygons) {
  if (polygons.some((rings) => rings.length > 1)) {
    return JSON.stringify({ type: "MultiPolygon", coordinates: polygons });
  }
  return polygons.map(([ring]) => ring.slice(0, -1).map(line).join("\n")).join("\n\n");
}

function line([longitude, latitude]) {
  return `${latitude.toFixed(7)} ${longitude.toFixed(7)}`;
}
