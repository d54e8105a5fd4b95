// Records a spoken message and puts it in the form's file field, as if it had been chosen there.
// Browsers record formats that no carrier plays, so the sound becomes WAV here, with what a
// telephone line carries and no more: one channel, 8000 samples a second, 16 bits.
const SAMPLES_A_SECOND = 8000;
const HEADER_BYTES = 44;

for (const form of document.querySelectorAll("form.recorder")) {
  showWhatWasChosen(form);
  // Without a microphone, or on a page that came over plain http, the file field is all there is.
  if (navigator.mediaDevices && window.MediaRecorder) offerRecording(form);
}

function showWhatWasChosen(form) {
  const field = form.querySelector("input[type=file]");
  const trial = form.querySelector(".trial");
  const player = trial.querySelector("audio");
  field.addEventListener("change", () => {
    URL.revokeObjectURL(player.src);
    trial.hidden = !field.files.length;
    if (field.files.length) player.src = URL.createObjectURL(field.files[0]);
    else player.removeAttribute("src");
  });
  trial.querySelector("button").addEventListener("click", () => {
    choose(field, null);
    field.focus();
  });
}

function choose(field, file) {
  const chosen = new DataTransfer();
  if (file) chosen.items.add(file);
  field.files = chosen.files;
  field.dispatchEvent(new Event("change"));
}

function offerRecording(form) {
  const place = form.querySelector(".microphone");
  const button = place.querySelector("button");
  const told = place.querySelector("[role=status]");
  const clock = place.querySelector(".clock");
  let recorder = null;

  place.hidden = false;
  button.textContent = form.dataset.record;
  button.addEventListener("click", () => (recorder ? recorder.stop() : begin()));

  async function begin() {
    button.disabled = true;
    try {
      const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder = new MediaRecorder(microphone);
    } catch {
      told.textContent = form.dataset.refused;
      return;
    } finally {
      button.disabled = false;
      button.focus();
    }
    const pieces = [];
    const ticking = countSeconds(clock, Number(form.dataset.longest), recorder);
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => { clearInterval(ticking); end(pieces); });
    recorder.start();
    button.textContent = form.dataset.stop;
    told.textContent = form.dataset.speak;
  }

  async function end(pieces) {
    recorder.stream.getTracks().forEach((track) => track.stop());
    button.textContent = form.dataset.record;
    clock.textContent = "";
    const recorded = new Blob(pieces, { type: recorder.mimeType });
    recorder = null;
    try {
      const sound = await asWav(recorded, Number(form.dataset.longest));
      choose(form.querySelector("input[type=file]"), sound);
    } catch {
      // Whoever stops at once has recorded nothing that a browser can read.
      told.textContent = form.dataset.empty;
      return;
    }
    told.textContent = form.dataset.done;
  }
}

function countSeconds(clock, longest, recorder) {
  let seconds = 0;
  clock.textContent = `0 / ${longest} s`;
  return setInterval(() => {
    seconds += 1;
    clock.textContent = `${seconds} / ${longest} s`;
    if (seconds >= longest && recorder.state === "recording") recorder.stop();
  }, 1000);
}

async function asWav(recorded, longest) {
  // Decoding brings the sound to the context's own rate.
  const context = new OfflineAudioContext(1, 1, SAMPLES_A_SECOND);
  const sound = await context.decodeAudioData(await recorded.arrayBuffer());
  const length = Math.min(sound.length, longest * SAMPLES_A_SECOND);
  const wav = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * length));
  writeHeader(wav, 2 * length);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, n) => sound.getChannelData(n));
  for (let n = 0; n < length; n += 1) {
    const mean = channels.reduce((sum, one) => sum + one[n], 0) / channels.length;
    wav.setInt16(HEADER_BYTES + 2 * n, Math.max(-1, Math.min(1, mean)) * 0x7fff, true);
  }
  return new File([wav], "recording.wav", { type: "audio/wav" });
}

function writeHeader(wav, bytes) {
  const word = (place, letters) => [...letters].forEach((one, n) => wav.setUint8(place + n, one.charCodeAt(0)));
  word(0, "RIFF");
  wav.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  word(8, "WAVEfmt ");
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true); // PCM
  wav.setUint16(22, 1, true); // one channel
  wav.setUint32(24, SAMPLES_A_SECOND, true);
  wav.setUint32(28, 2 * SAMPLES_A_SECOND, true);
  wav.setUint16(32, 2, true);
  wav.setUint16(34, 16, true);
  word(36, "data");
  wav.setUint32(40, bytes, true);
}
