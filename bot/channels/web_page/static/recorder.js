// A voice note recorded by the browser, where it can be: pressed to start, pressed to send, or left.
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST = 59; // seconds: the server takes a minute
const TIMES = { NotAllowedError: "denied", NotFoundError: "none" };
const type = globalThis.MediaRecorder && TYPES.find((one) => MediaRecorder.isTypeSupported(one));

async function record(place, send) {
  const said = place.querySelector("[role=status]");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    said.textContent = said.dataset[TIMES[error.name] ?? "none"];
    return;
  }
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
  const [start, end, cancel, clock] = ["start", "end", "cancel", "clock"].map((name) => place.querySelector(`[data-${name}]`));
  const pieces = [];
  const began = Date.now();
  let kept = true;
  const stop = (keep) => {
    kept = keep && place.isConnected;
    if (recorder.state !== "inactive") recorder.stop();
  };
  const ticking = setInterval(() => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    clock.textContent = `0:${String(seconds).padStart(2, "0")} / 1:00`;
    if (!place.isConnected) stop(false);
    else if (seconds >= LONGEST) stop(true);
  }, 250);
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(ticking);
    for (const track of stream.getTracks()) track.stop();
    start.hidden = false;
    for (const part of [end, cancel, clock]) part.hidden = true;
    if (kept) send(new Blob(pieces, { type: type.split(";")[0] }));
    else if (place.isConnected) start.focus();
  });
  end.onclick = () => stop(true);
  cancel.onclick = () => stop(false);
  said.textContent = "";
  start.hidden = true;
  for (const part of [end, cancel, clock]) part.hidden = false;
  recorder.start();
  end.focus();
}

/** Offer to record, in the place of the file. */
export function enhanceSpeaking(root, send) {
  const place = root.querySelector("[data-record]");
  if (!place || !type || !window.isSecureContext || !navigator.mediaDevices) return;
  place.hidden = false;
  root.querySelector("details.speak").hidden = true;
  place.querySelector("[data-start]").addEventListener("click", () => record(place, send));
}
