// « Écouter » without network: a voice that is installed with the browser reads, where it has one for the language.
const speech = window.speechSynthesis;
let shown = null; // what can be heard now: its place, its button, the language and the sentences
let reading = []; // the sentences that are being read, which a browser forgets when nobody holds them

/** A voice of the language that needs no network; undefined where the browser has none. */
function installed(language) {
  const tongue = (code) => code.toLowerCase().split(/[-_]/)[0];
  const voices = (speech?.getVoices() ?? []).filter((one) => one.localService && tongue(one.lang) === tongue(language));
  return voices.find((one) => one.default) ?? voices[0];
}

function offer() {
  if (shown) shown.place.hidden = !installed(shown.language);
}

/** Stop what is read: something else is shown, or it was asked for. */
export function hush(said = "") {
  if (!shown || !reading.length) return;
  reading = [];
  speech.cancel();
  shown.button.textContent = shown.words;
  shown.place.querySelector("[role=status]").textContent = said;
}

function read() {
  const { place, button, language, sentences } = shown;
  const voice = installed(language);
  if (!voice) return offer(); // taken away since
  place.querySelector("[role=status]").textContent = "";
  button.textContent = button.dataset.stop;
  reading = sentences.map((sentence) => Object.assign(new SpeechSynthesisUtterance(sentence), { voice, lang: voice.lang }));
  const mine = reading;
  const here = () => reading === mine;
  mine.at(-1).addEventListener("end", () => here() && hush());
  for (const one of mine) {
    one.addEventListener("error", () => here() && hush(button.dataset.failed));
    speech.speak(one);
  }
}

/** What is shown can be heard at `place`, which stays hidden while no voice of the language is installed. */
export function canBeHeard(place, language, sentences) {
  hush();
  const button = place.querySelector("button");
  shown = { place, button, words: button.textContent, language, sentences };
  button.addEventListener("click", () => (reading.length ? hush() : read()));
  offer();
}

speech?.addEventListener?.("voiceschanged", offer);
window.addEventListener("pagehide", () => hush());
document.addEventListener("keydown", (event) => event.key === "Escape" && hush());
