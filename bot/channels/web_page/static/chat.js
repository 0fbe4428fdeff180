// The chat without page loads: a press is posted, the part that changes is swapped in.
// A press that did not get through is sent again with the same event: it is counted once.
import { enhanceSpeaking } from "./recorder.js";
import { enhanceListening, hush } from "./sound.js";
import { enhanceShare } from "./share.js";

const TIMEOUT = 15000;
const TIMEOUT_OF_SOUND = 60000; // a minute of speech over a slow network
const PARTS = ["given", "log", "reply"];
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let pending = null;
let busy = false;
let followed = null;
const HEARD = "aiguillage.heard";

const byId = (id) => document.getElementById(id);
const clone = (id) => byId(id).content.cloneNode(true);

function randomEvent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pressOf(form, submitter) {
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  body.set("event", randomEvent());
  const said = form.elements.text?.value ?? (submitter?.name === "button" ? submitter.textContent.trim() : "");
  return { body, said };
}

function showWaiting(said) {
  const bubbles = clone("waiting");
  const mine = bubbles.querySelector("[data-said]");
  if (said) mine.textContent = said;
  else mine.remove();
  const wait = document.createElement("div");
  wait.id = "wait";
  wait.append(bubbles);
  byId("wait")?.remove();
  byId("log").append(wait);
  byId("dialogue").setAttribute("aria-busy", "true");
  wait.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function showListening() {
  showWaiting("");
  byId("wait").replaceChildren(clone("listening"));
}

/** Why there is no reply; `again`: what to do about it, under `label`. */
function showFailure(words, again, label) {
  const card = clone("failed");
  if (words) card.querySelector("[data-words]").textContent = words;
  const retry = card.querySelector("[data-retry]");
  if (label) retry.textContent = label;
  if (again) retry.addEventListener("click", again);
  else retry.remove();
  const wait = byId("wait");
  wait.replaceChildren(card);
  wait.scrollIntoView({ block: "nearest" });
  byId("dialogue").removeAttribute("aria-busy");
  if (again) retry.focus();
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("dialogue");
  if (fresh.dataset.language !== byId("dialogue").dataset.language) {
    window.location.assign(`/?suite=${fresh.dataset.press}#log`);
    return;
  }
  hush();
  for (const id of PARTS) {
    byId(id).replaceChildren(...page.getElementById(id).childNodes);
    byId(id).hidden = page.getElementById(id).hidden;
  }
  byId("dialogue").removeAttribute("aria-busy");
  enhanceShare(byId("dialogue"));
  enhanceListening(byId("dialogue"));
  enhanceSpeaking(byId("dialogue"), speak);
  arrive();
}

function arrive() {
  const now = byId("now");
  now?.focus({ preventScroll: true });
  const behavior = calm.matches ? "auto" : "smooth";
  if (now?.matches(".card--asked")) now.scrollIntoView({ block: "center", behavior });
  else byId("log").scrollIntoView({ block: "start", behavior });
}

async function send() {
  if (busy || !pending) return;
  busy = true;
  followed = null;
  sessionStorage.removeItem(HEARD);
  if (pending.spoken) showListening();
  else showWaiting(pending.said);
  try {
    const response = await fetch(pending.address ?? "/chat", {
      method: "POST",
      body: pending.body,
      headers: { "Aiguillage-Fragment": "1" },
      signal: AbortSignal.timeout?.(pending.spoken ? TIMEOUT_OF_SOUND : TIMEOUT),
    });
    const html = await response.text();
    if (response.status === 202) {
      pending = null;
      follow(response.headers.get("Location"));
    } else if (response.ok) {
      pending = null;
      show(html);
    } else if (response.status < 500) {
      pending = null;
      showFailure(wordsOf(html));
    } else {
      showFailure("", send);
    }
  } catch {
    showFailure("", send);
  } finally {
    busy = false;
  }
}

const wordsOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

function speak(sound) {
  if (busy) return;
  pending = { address: `/voix?event=${randomEvent()}`, body: sound, said: "", spoken: true };
  send();
}

/** Ask for what was understood until it is there, more and more slowly, for some three minutes; then offer to go on. */
async function follow(place) {
  followed = place;
  sessionStorage.setItem(HEARD, place);
  showListening();
  byId("dialogue").removeAttribute("aria-busy");
  const { patience, slow, again } = byId("wait").firstElementChild.dataset;
  const until = Date.now() + patience * 1000;
  for (let tries = 0; Date.now() < until; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(400 + tries * 100, 3000)));
    if (followed !== place) return;
    if (document.querySelector("[data-recording]:not([hidden])")) continue; // said again: that will take its place
    const response = await fetch(place, { headers: { "Aiguillage-Fragment": "1" } }).catch(() => null);
    if (followed !== place) return;
    if (response && response.status !== 202 && response.status < 500) return showHeard(place, response);
  }
  showFailure(slow, () => follow(place), again);
}

async function showHeard(place, response) {
  const html = await response.text();
  followed = null;
  sessionStorage.removeItem(HEARD);
  if (!response.ok) return showFailure(wordsOf(html));
  show(html);
  fetch(place, { method: "DELETE", keepalive: true }).catch(() => undefined);
}

function onSubmit(event) {
  if (!event.target.matches("form[data-chat]")) return;
  event.preventDefault();
  if (busy) return;
  const form = event.target;
  if (form.elements.text && !form.elements.text.value.trim()) {
    form.elements.text.focus();
    return;
  }
  form.closest("details")?.removeAttribute("open");
  pending = pressOf(form, event.submitter);
  send();
}

function onConnection() {
  byId("offline").hidden = navigator.onLine;
  byId("offline").querySelector("[data-continue]").hidden = !navigator.serviceWorker?.controller;
  if (navigator.onLine) send();
}

/** What was answered so far goes along to the page that needs no network. */
function carryOver(event) {
  if (!event.target.closest("[data-continue]")) return;
  const given = [...document.querySelectorAll("[data-given]")].map((line) => line.dataset.given.split(" "));
  sessionStorage.setItem("aiguillage.carried", JSON.stringify(given));
}

function onKey(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.id === "text") {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  const menu = document.querySelector("details.menu[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

document.addEventListener("submit", onSubmit);
document.addEventListener("click", carryOver);
document.addEventListener("keydown", onKey);
window.addEventListener("online", onConnection);
window.addEventListener("offline", onConnection);
onConnection();
enhanceShare(document);
enhanceListening(document);
enhanceSpeaking(document, speak);
if (window.location.search || window.location.hash) {
  const arrived = window.location.hash === "#log";
  history.replaceState(null, "", "/");
  if (arrived) arrive();
}
if (sessionStorage.getItem(HEARD)) follow(sessionStorage.getItem(HEARD));
document.documentElement.dataset.ready = "";
