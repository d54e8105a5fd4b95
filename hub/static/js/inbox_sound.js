// A short sound at a new reply, for whoever asked for it in this browser.
(() => {
  const KEPT = "inbox-sound";
  const button = document.getElementById("inbox-sound");
  const list = document.getElementById("inbox-replies");
  if (!button || !list || !window.AudioContext) return;
  let sounds = null;
  let newest = newestShown();

  function newestShown() {
    return list.querySelector("[data-newest]")?.dataset.newest ?? "";
  }

  function isWanted() {
    try { return localStorage.getItem(KEPT) === "on"; } catch { return false; }
  }

  function keep(isOn) {
    try { localStorage.setItem(KEPT, isOn ? "on" : "off"); } catch { /* nothing is remembered */ }
  }

  function show() {
    button.setAttribute("aria-pressed", String(isWanted()));
  }

  // Browsers let a page sound only after somebody has touched it.
  function wake() {
    if (!isWanted()) return;
    sounds ??= new AudioContext();
    if (sounds.state === "suspended") sounds.resume();
  }

  function beep() {
    if (!isWanted() || !sounds || sounds.state !== "running") return;
    const tone = new OscillatorNode(sounds, { frequency: 880 });
    const volume = new GainNode(sounds, { gain: 0.15 });
    tone.connect(volume).connect(sounds.destination);
    volume.gain.setTargetAtTime(0, sounds.currentTime + 0.2, 0.05);
    tone.start();
    tone.stop(sounds.currentTime + 0.5);
  }

  button.addEventListener("click", () => { keep(!isWanted()); show(); wake(); beep(); });
  document.addEventListener("pointerdown", wake);
  document.addEventListener("keydown", wake);
  document.addEventListener("htmx:afterSettle", () => {
    const now = newestShown();
    if (now > newest) beep();
    newest = now;
  });
  show();
  button.hidden = false;
})();
