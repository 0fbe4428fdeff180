// « Écouter »: read aloud where one stands, and stopped again. Nothing sounds unless it was asked for.
const OPUS = 'audio/ogg; codecs="opus"';
const PATIENT = 1000; // milliseconds before the wait is said
let playing = null;

/** Stop what is read aloud: something else is shown, or recorded. */
export function hush() {
  if (!playing) return;
  const { audio, button, link } = playing;
  playing = null;
  audio.pause();
  button.textContent = link.textContent;
  say(button, "");
}

/** Say something in words beside the buttons that it is about. */
export function say(button, words) {
  const said = button.closest("[data-voice]")?.querySelector(".voice__said");
  if (said && said.textContent !== words) said.textContent = words;
}

/** `sources`: the same sound in the forms that are left to try. */
function play(button, link, [source, ...others]) {
  hush();
  const audio = new Audio(source);
  const here = () => playing?.audio === audio;
  playing = { audio, button, link };
  button.textContent = link.dataset.stop;
  say(button, "");
  setTimeout(() => here() && audio.currentTime === 0 && say(button, link.dataset.wait), PATIENT);
  audio.addEventListener("playing", () => here() && say(button, ""));
  audio.addEventListener("ended", () => here() && hush());
  audio.addEventListener("error", () => here() && failed(button, link, source, others));
  audio.play().catch((error) => here() && error.name === "NotAllowedError" && hush());
}

/** A sound that did not come: in its other form where this one only was not understood, else why, in words. */
async function failed(button, link, source, others) {
  hush();
  const response = await fetch(source, { headers: { "Aiguillage-Fragment": "1" } }).catch(() => null);
  if (playing || !button.isConnected) return;
  if (response?.ok && others.length) return play(button, link, others);
  say(button, await reason(response, link));
}

/** Why there is no sound. `response`: null where none came. */
async function reason(response, link) {
  const refused = response && response.status >= 400 && response.status < 500;
  const words = refused ? new DOMParser().parseFromString(await response.text(), "text/html").body.textContent.trim() : "";
  return words || (response ? link.dataset.failed : link.dataset.offline);
}

/** What a form says is read aloud: it stands in no address, so that it is fetched first. */
async function readForm(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  if (playing?.button === button) return hush();
  hush();
  const words = { textContent: button.textContent, dataset: button.dataset };
  say(button, words.dataset.wait);
  const sent = { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "Aiguillage-Fragment": "1" } };
  const address = form.getAttribute("action"); // the form's own « action » may be a field: a fact is called so
  const response = await fetch(address, sent).catch(() => null);
  if (!response?.ok) return say(button, await reason(response, words));
  play(button, words, [URL.createObjectURL(await response.blob())]);
}

export function enhanceListening(root) {
  for (const form of root.querySelectorAll("form[data-read]")) form.addEventListener("submit", readForm);
  for (const link of root.querySelectorAll("a[data-listen]")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: link.className, textContent: link.textContent });
    button.dataset.idle = "";
    const sources = new Audio().canPlayType(OPUS) ? [link.dataset.listen, link.href] : [link.href];
    button.addEventListener("click", () => (playing?.button === button ? hush() : play(button, link, sources)));
    link.replaceWith(button);
  }
}

document.addEventListener("keydown", (event) => event.key === "Escape" && hush());
