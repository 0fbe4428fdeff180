// The chat without page loads: a press is posted, the part that changes is swapped in.
// A press that did not get through is sent again with the same event: it is counted once.
import { enhanceListening, hush } from "./sound.js";
import { enhanceShare } from "./share.js";

const TIMEOUT = 15000;
const PARTS = ["given", "log", "reply"];
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let pending = null;
let busy = false;

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

function showFailure(words, again) {
  const card = clone("failed");
  if (words) card.querySelector("[data-words]").textContent = words;
  const retry = card.querySelector("[data-retry]");
  if (again) retry.addEventListener("click", send);
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
  showWaiting(pending.said);
  try {
    const response = await fetch("/chat", {
      method: "POST",
      body: pending.body,
      headers: { "Aiguillage-Fragment": "1" },
      signal: AbortSignal.timeout?.(TIMEOUT),
    });
    const html = await response.text();
    if (response.ok) {
      pending = null;
      show(html);
    } else if (response.status < 500) {
      pending = null;
      showFailure(new DOMParser().parseFromString(html, "text/html").body.textContent.trim(), false);
    } else {
      showFailure("", true);
    }
  } catch {
    showFailure("", true);
  } finally {
    busy = false;
  }
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
if (window.location.search || window.location.hash) {
  const arrived = window.location.hash === "#log";
  history.replaceState(null, "", "/");
  if (arrived) arrive();
}
document.documentElement.dataset.ready = "";
