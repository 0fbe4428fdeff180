// The questions answered without network: kept in the browser's database, and sent once each.
// The page and the service worker share it; the server takes a question in once, however often it comes.

const QUESTIONS = "questions";
const MOST_REMEMBERED = 20;
const REFUSED = [400, 404, 409, 413, 415, 422];

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("aiguillage", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(QUESTIONS, { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function within(mode, work) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = opened.transaction(QUESTIONS, mode);
      const request = work(transaction.objectStore(QUESTIONS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    opened.close();
  }
}

/** Every question in the order in which they were answered, each with its `state`: kept, sent, refused, or read (a refusal). */
export async function allQuestions() {
  const found = await within("readonly", (store) => store.getAll());
  return found.sort((one, other) => one.at - other.at);
}

/** Keep a question to send. One that is there already stays as it is. */
export async function keepQuestion(question) {
  const found = await within("readonly", (store) => store.get(question.id));
  if (!found) await write({ ...question, state: "kept", at: Date.now() });
  tell();
}

/** The notice of a question that was refused is read. */
export async function readRefusal(id) {
  const found = await within("readonly", (store) => store.get(id));
  if (found) await write({ ...found, state: "read" });
  tell();
}

async function write(question) {
  await within("readwrite", (store) => store.put(question));
}

function tell() {
  const channel = new BroadcastChannel("aiguillage-outbox");
  channel.postMessage("changed");
  channel.close();
}

/** Send what is kept, oldest first, one sender at a time. Stops where the network does; a later call goes on. */
export async function sendQuestions() {
  if (!navigator.locks) return sendAll();
  return navigator.locks.request("aiguillage-outbox", sendAll);
}

async function sendAll() {
  for (const question of await allQuestions()) {
    if (question.state !== "kept") continue;
    const result = await send(question);
    if (result === null) return;
    await write({ ...question, ...result });
    tell();
  }
  await forgetOld();
}

async function send({ state, at, ...question }) {
  try {
    const response = await fetch("/hors-ligne/questions", {
      method: "POST",
      body: JSON.stringify(question),
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
    });
    if (response.ok) return { state: "sent", ...(await response.json()) };
    if (!REFUSED.includes(response.status)) return null;
    return { state: "refused", ...(await response.json()) };
  } catch {
    return null;
  }
}

async function forgetOld() {
  const done = (await allQuestions()).filter(({ state }) => state === "sent" || state === "read");
  for (const { id } of done.slice(0, -MOST_REMEMBERED)) await within("readwrite", (store) => store.delete(id));
}
