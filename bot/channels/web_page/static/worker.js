// The service worker: keeps one version of everything that the offline page needs, whole, and nothing private.
// VERSION, SHELLS (language -> address) and FILES stand before these lines, and the outbox too: see web_offline.py.

const PREFIX = "aiguillage-";
const CACHE = PREFIX + VERSION;
const PATIENCE = 5000;
const KEPT = ["/static/", "/hors-ligne/"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...Object.values(SHELLS), ...FILES])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// A new version waits until the page has no question under way: what began under one version ends under it.
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("sync", (event) => {
  if (event.tag === "questions") event.waitUntil(sendQuestions());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/hors-ligne") event.respondWith(shell(url).then((kept) => kept ?? fetch(request)));
    else if (url.pathname === "/") event.respondWith(networkFirst(request, url));
  } else if (KEPT.some((start) => url.pathname.startsWith(start))) {
    event.respondWith(kept(request).then((found) => found ?? fetch(request)));
  }
});

const kept = (request) => caches.open(CACHE).then((cache) => cache.match(request));

function shell(url) {
  const wanted = [url.searchParams.get("lang"), ...self.navigator.languages.map((tag) => tag.split("-")[0])];
  const language = wanted.find((code) => code && SHELLS[code]) ?? Object.keys(SHELLS)[0];
  return kept(SHELLS[language]);
}

async function networkFirst(request, url) {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: waiting.signal });
  } catch {
    return (await shell(url)) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}
