// A voice message plays on while the list around it is drawn anew: its player is moved into the new
// list. Chromium then forgets to draw the player's buttons, until it is told to show them again.
"use strict";

document.addEventListener("htmx:afterSettle", (event) => {
  for (const player of event.target.querySelectorAll("audio[hx-preserve]")) {
    player.controls = false;
    requestAnimationFrame(() => {
      player.controls = true;
    });
  }
});
