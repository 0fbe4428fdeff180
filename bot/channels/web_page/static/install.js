// The service worker's registration, and « Installer » where the browser offers it. Every page of the chat loads this.

/** What this browser keeps under a key; null where it keeps nothing at all. */
export function remembered(key) {
  try {
    return localStorage.getItem(`aiguillage.${key}`);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(`aiguillage.${key}`, value);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

let offered = null;

function rememberPlace() {
  const territory = new URLSearchParams(window.location.search).get("territoire");
  if (territory !== null) remember("territory", territory);
  if (!("offline" in document.documentElement.dataset)) remember("language", document.documentElement.lang);
}

/** The address of the worker that keeps the territory's rules. */
export function workerAddress() {
  const territory = remembered("territory");
  return territory ? `/service-worker.js?territoire=${encodeURIComponent(territory)}` : "/service-worker.js";
}

async function register() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(workerAddress(), { updateViaCache: "none" });
  } catch {
    // Not ready on the server yet, or no network: the worker that is there, if any, goes on.
  }
}

function showInstall() {
  const place = document.querySelector("[data-install]");
  if (!place || window.matchMedia("(display-mode: standalone)").matches) return;
  const button = place.querySelector("button");
  const byHand = /iPhone|iPad/.test(navigator.userAgent) && !navigator.standalone;
  button.hidden = !offered;
  place.querySelector("[data-by-hand]").hidden = !byHand;
  place.hidden = !offered && !byHand;
}

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
  showInstall();
});

window.addEventListener("appinstalled", () => {
  offered = null;
  showInstall();
});

document.querySelector("[data-install] button")?.addEventListener("click", async () => {
  await offered?.prompt();
  offered = null;
  showInstall();
});

rememberPlace();
showInstall();
register();
