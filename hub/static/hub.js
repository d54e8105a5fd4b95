// A live part that stopped moving must say so: old figures look exactly like new ones.
document.addEventListener("htmx:sseError", () => { show(true); });
document.addEventListener("htmx:sseOpen", () => { show(false); });
// The server ends a stream that has nothing more to tell.
document.addEventListener("htmx:sseClose", () => { show(false); });

function show(isLost) {
  document.getElementById("live-lost").hidden = !isLost;
}

// A recording that somebody listens to must not be cut off by the next look at the screen.
document.addEventListener("htmx:beforeSwap", (event) => {
  const players = [...event.detail.target.querySelectorAll("audio")];
  if (players.some((one) => !one.paused)) event.detail.shouldSwap = false;
});

// A page that nobody looks at need not ask every other second.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches("[hx-trigger^='every']")) event.preventDefault();
});
