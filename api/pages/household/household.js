// An answer without network is kept on this phone and leaves when the network is back; and a voice can be recorded.

const page = document.querySelector("[data-page]");
const status = document.querySelector("[data-status]");
const here = location.pathname;
const LONGEST = 120; // seconds
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

function say(name) {
  const words = document.querySelector(`template[data-words="${name}"]`);
  status.replaceChildren(words.content.cloneNode(true));
  status.scrollIntoView({ block: "nearest" });
}

// What could not leave: the bodies of forms, in order. A browser may refuse to keep them; the page works without.
const outbox = {
  read() {
    try {
      return JSON.parse(localStorage.getItem(here) ?? "[]");
    } catch {
      return [];
    }
  },
  write(bodies) {
    try {
      if (bodies.length) localStorage.setItem(here, JSON.stringify(bodies));
      else localStorage.removeItem(here);
      return true;
    } catch {
      return false;
    }
  },
};

// True when the server took it (it answers with the address of the page), false when it refused; throws without network.
async function sent(body) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const signal = AbortSignal.timeout?.(30_000);
  const answer = await fetch(here, { method: "POST", headers, body, redirect: "manual", signal });
  if (answer.status >= 500) throw new Error("not taken");
  return answer.type === "opaqueredirect";
}

function again() {
  history.replaceState(null, "", `${here}#now`);
  location.reload();
}

async function empty() {
  const bodies = outbox.read();
  if (!bodies.length) return;
  try {
    while (bodies.length) {
      await sent(bodies[0]);
      bodies.shift();
      outbox.write(bodies);
    }
    again();
  } catch {
    say("offline");
  }
}

let leaving = false;
document.addEventListener("submit", async (event) => {
  // A browser too old to say which button was pressed sends the form itself.
  if (!event.target.matches("[data-answer]") || !event.submitter) return;
  event.preventDefault();
  if (leaving) return;
  const form = new FormData(event.target);
  if (event.submitter.name) form.set(event.submitter.name, event.submitter.value);
  if (form.has("text") && !form.get("text").trim()) return document.querySelector("#text").focus();
  const body = new URLSearchParams(form).toString();
  leaving = true;
  say("sending");
  try {
    if (await sent(body)) return again();
    say("not_sent");
  } catch {
    const kept = outbox.write([...outbox.read(), body]);
    if (kept && form.has("text")) document.querySelector("#text").value = "";
    if (kept && event.submitter.name === "button") mark(event.submitter);
    say(kept ? "offline" : "not_sent");
  }
  leaving = false;
});

function mark(pressed) {
  for (const button of pressed.form.querySelectorAll("button")) button.setAttribute("aria-pressed", button === pressed);
}

addEventListener("online", empty);
empty();

// Listening. An error does not rise from its element, so it is caught on the way down; what was just recorded has none.
document.addEventListener("error", (event) => event.target.matches?.("audio[src^='/']") && say("not_played"), true);

// Speaking.
const speaking = document.querySelector("[data-speaking]");
const [speak, heard, clock] = ["speak", "heard", "clock"].map((name) => speaking.querySelector(`[data-${name}]`));
const type = globalThis.MediaRecorder && TYPES.find((one) => MediaRecorder.isTypeSupported(one));
let recorder = null;
let voice = null;

function recording(on) {
  speaking.toggleAttribute("data-recording", on);
  speak.querySelector("[data-start]").hidden = on;
  speak.querySelector("[data-end]").hidden = !on;
}

async function record() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    say("no_microphone");
    document.querySelector("#text").focus();
    return;
  }
  status.replaceChildren();
  heard.hidden = true;
  const pieces = [];
  recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24000 });
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  const began = Date.now();
  const ticking = setInterval(() => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST) recorder?.stop();
  }, 250);
  recorder.addEventListener("stop", () => {
    clearInterval(ticking);
    for (const track of stream.getTracks()) track.stop();
    recorder = null;
    recording(false);
    voice = new Blob(pieces, { type: type.split(";")[0] });
    if (voice.size > Number(page.dataset.largest)) return say("too_long");
    heard.querySelector("audio").src = URL.createObjectURL(voice);
    heard.hidden = false;
    heard.querySelector("[data-send-voice]").focus();
  });
  recording(true);
  recorder.start();
}

async function sendVoice() {
  say("sending");
  try {
    const headers = { "Content-Type": voice.type };
    const address = `${here}/voix?event=${encodeURIComponent(page.dataset.event)}`;
    const answer = await fetch(address, { method: "POST", headers, body: voice });
    if (answer.ok) return again();
    say({ 413: "too_long", 404: "expired", 410: "expired" }[answer.status] ?? "not_sent");
  } catch {
    say("not_sent");
  }
}

speaking.hidden = false;
speak.addEventListener("click", () => {
  if (recorder) return recorder.stop();
  if (type && navigator.mediaDevices) return record();
  say("no_microphone");
  document.querySelector("#text").focus();
});
heard.querySelector("[data-send-voice]").addEventListener("click", sendVoice);
