// « Écouter »: read aloud where one stands, and stopped again. Nothing sounds unless it was asked for.
let playing = null;

/** Stop what is read aloud: something else is shown. */
export function hush() {
  playing?.audio.pause();
  playing?.button.setAttribute("aria-pressed", "false");
  playing = null;
}

function play(button, link) {
  hush();
  const audio = new Audio();
  audio.src = audio.canPlayType('audio/ogg; codecs="opus"') ? link.dataset.listen : link.href;
  playing = { audio, button };
  button.setAttribute("aria-pressed", "true");
  const ended = () => playing?.audio === audio && hush();
  audio.addEventListener("ended", ended);
  audio.addEventListener("error", () => {
    ended();
    button.replaceWith(link);
  });
  audio.play().catch(ended);
}

export function enhanceListening(root) {
  for (const link of root.querySelectorAll("a[data-listen]")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: link.className, textContent: link.textContent });
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => (playing?.button === button ? hush() : play(button, link)));
    link.replaceWith(button);
  }
}
