// A voice note recorded by the browser, where it can be: pressed to start, pressed to send, or left.
import { hush, say } from "./sound.js";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const WHY = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none",
  NotReadableError: "busy", AbortError: "busy",
};
const ASKING = 600; // milliseconds before we say that the browser asks
const MARGIN = 1; // second: what a browser records may be a little longer than it says
const SOON = 10; // seconds before the end of what can be said
const FAINT = 0.2; // of a level from 0 to 1: about -48 dB
const UNHEARD = 3; // seconds
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const type = globalThis.MediaRecorder && TYPES.find((one) => MediaRecorder.isTypeSupported(one));

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The sound of the microphone, or null once it was said why there is none. */
async function microphone(place) {
  const asking = setTimeout(() => say(place, place.dataset.asking), ASKING);
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    say(place, "");
    return stream;
  } catch (error) {
    say(place, place.dataset[WHY[error.name] ?? "broken"]);
    return null;
  } finally {
    clearTimeout(asking);
  }
}

/** How loud it is now, from 0 to 1; null where this browser does not tell. */
function levelOf(stream) {
  if (!globalThis.AudioContext) return { now: () => null, close: () => undefined };
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const now = () => {
    if (context.state !== "running") return null;
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    return Math.min(1, Math.max(0, 1 + Math.log10(Math.sqrt(power) + 1e-6) / 3));
  };
  return { now, close: () => context.close() };
}

/** Show the time and the level until `stop` is called for: at the limit, by Escape, or where another page is shown. */
function watch(place, stream, stop) {
  const level = levelOf(stream);
  const meter = place.querySelector("meter");
  const clock = place.querySelector("[data-clock]");
  const longest = Number(place.dataset.longest);
  const began = Date.now();
  let heard = began;
  const look = () => {
    const seconds = (Date.now() - began) / 1000;
    const loud = level.now();
    meter.hidden = loud === null;
    meter.value = loud ?? 0;
    if (loud === null || loud >= FAINT) heard = Date.now();
    const time = `${minutes(seconds)} / ${minutes(longest)}`;
    if (clock.textContent !== time) clock.textContent = time;
    if (!place.isConnected) stop(false);
    else if (seconds >= longest - MARGIN) stop(true, place.dataset.full);
    else if (longest - seconds <= SOON && longest > 2 * SOON) say(place, place.dataset.soon);
    else say(place, Date.now() - heard >= UNHEARD * 1000 ? place.dataset.quiet : "");
  };
  const ticking = setInterval(look, calm.matches ? 500 : 100);
  const onKey = (event) => event.key === "Escape" && stop(false, place.dataset.cancelled);
  document.addEventListener("keydown", onKey);
  look();
  return () => {
    clearInterval(ticking);
    document.removeEventListener("keydown", onKey);
    level.close();
  };
}

function showRecording(place, on) {
  for (const part of place.closest("[data-voice]").querySelectorAll("[data-idle], [data-start]")) part.hidden = on;
  place.querySelector("[data-recording]").hidden = !on;
  place.querySelector(on ? "[data-end]" : "[data-start]").focus({ preventScroll: !on });
}

/** Record until it is stopped; then `send` what was said, or drop it. Raises what the browser raises. */
function take(place, stream, send) {
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
  const pieces = [];
  let kept = true;
  const stop = (keep, words = "") => {
    if (recorder.state === "inactive") return;
    kept = keep;
    recorder.stop();
    say(place, words);
  };
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.start();
  const rest = watch(place, stream, stop);
  recorder.addEventListener("stop", () => {
    rest();
    end(stream);
    if (!place.isConnected) return;
    showRecording(place, false);
    if (kept) send(new Blob(pieces, { type: type.split(";")[0] }));
  });
  place.querySelector("[data-end]").onclick = () => stop(true);
  place.querySelector("[data-cancel]").onclick = () => stop(false, place.dataset.cancelled);
  showRecording(place, true);
}

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}

async function record(place, send) {
  const start = place.querySelector("[data-start]");
  if (start.ariaDisabled === "true") return;
  start.ariaDisabled = "true";
  hush();
  const stream = await microphone(place);
  start.ariaDisabled = null;
  if (!stream) return;
  if (!place.isConnected) return end(stream);
  try {
    take(place, stream, send);
  } catch {
    end(stream);
    say(place, place.dataset.broken);
  }
}

/** A recording made elsewhere, sent without leaving the page. */
function sendFile(event, send) {
  event.preventDefault();
  const form = event.target;
  const [file] = form.elements.sound.files;
  if (file.size > Number(form.dataset.largest)) return say(form, form.dataset.large);
  say(form, "");
  send(/^(audio|video)\//.test(file.type) ? file : new Blob([file], { type: "audio/ogg" }));
}

/** Offer to record, in the place of the file; where this browser cannot, say so beside the file. */
export function enhanceSpeaking(root, send) {
  const place = root.querySelector("[data-record]");
  if (!place) return;
  const byFile = root.querySelector("[data-by-file]");
  byFile.querySelector("form").addEventListener("submit", (event) => sendFile(event, send));
  const can = type && window.isSecureContext && navigator.mediaDevices;
  byFile.hidden = Boolean(can);
  place.hidden = !can;
  byFile.querySelector("[data-unsupported]").hidden = Boolean(can);
  place.querySelector("[data-start]").addEventListener("click", () => record(place, send));
}
