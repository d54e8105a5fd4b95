// A live part that stopped moving must say so: old figures look exactly like new ones.
document.addEventListener("htmx:sseError", () => { show(true); });
document.addEventListener("htmx:sseOpen", () => { show(false); });
// The server ends a stream that has nothing more to tell.
document.addEventListener("htmx:sseClose", () => { show(false); });

function show(isLost) {
  document.getElementById("live-lost").hidden = !isLost;
}
