// While the form is filled in, the browser solves the puzzle that keeps robots from texting
// strangers. Without it the page works too: the code is then texted after the link in the mail.

const BATCH = 256;
const PATIENCE_MS = 60_000;
const form = document.getElementById("join");
const solution = solve(form.dataset.challenge, Number(form.dataset.bits));

async function solve(challenge, bits) {
  // Only where the page came safely, as it does outside a trial.
  if (!window.crypto?.subtle) return "";
  const encoder = new TextEncoder();
  for (let first = 0; ; first += BATCH) {
    const digests = await Promise.all(Array.from({ length: BATCH }, (_, one) =>
      crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${first + one}`))));
    const found = digests.findIndex((digest) => beginsWithZeros(digest, bits));
    if (found >= 0) return String(first + found);
  }
}

function beginsWithZeros(digest, bits) {
  return bits === 0 || new DataView(digest).getUint32(0) >>> (32 - bits) === 0;
}

solution.then(write);

function write(answer) {
  form.elements.answer.value = answer ?? "";
}

// Sent before it is solved: wait for it, and say so. Another language needs no solution.
form.addEventListener("submit", (event) => {
  const asksForLanguage = event.submitter?.name === "other_language";
  if (asksForLanguage || form.elements.answer.value) return;
  event.preventDefault();
  const status = document.getElementById("solving");
  status.textContent = status.dataset.words;
  const enough = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
  Promise.race([solution, enough]).then((answer) => { write(answer); form.submit(); });
}, { once: true });
