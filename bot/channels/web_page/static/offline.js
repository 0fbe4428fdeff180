// The page that asks and answers by itself. Where the question stands is kept in the browser, so a reload loses nothing.
import { canBeHeard } from "./aloud.js";
import { remember, remembered, workerAddress } from "./install.js";
import { localDay, readAloud, typedChoice, view, walk, wrongDays, wrongWords } from "./interview.js";
import { allQuestions, readRefusal, keepQuestion, sendQuestions } from "./outbox.js";
import { enhanceShare } from "./share.js";

const STATE = "question";
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const byId = (id) => document.getElementById(id);
const clone = (id) => byId(id).content.firstElementChild.cloneNode(true);
const language = document.documentElement.lang;
let paths = null;
let words = null;
let state = null;

const fresh = () => ({ id: newId(), started: localDay(), ruleset: paths.ruleset, territory: paths.territory, answers: [] });
const here = () => walk(paths, state.started, state.answers, state.correcting);
const over = (node) => Array.isArray(node);

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function save() {
  remember(STATE, JSON.stringify(state));
}

// --- from one step to the next

function press(button) {
  const { answer, correct, tool } = button.dataset;
  const notices = [];
  if (answer) give(answer);
  else if (correct) state = { ...state, correcting: correct };
  else if (tool === "more") return showMore();
  else if (tool === "restart") state = fresh();
  else if (tool === "back") notices.push(...back());
  arrive(notices);
}

function showMore() {
  const before = byId("choices").children.length;
  show([], true);
  byId("choices").querySelectorAll("button")[before - 2].focus();
}

function give(choice) {
  const { node, answers } = here();
  const others = state.answers.filter(([question]) => question !== node.question);
  const place = state.correcting ? state.answers.findIndex(([question]) => question === node.question) : answers.length;
  others.splice(place, 0, [node.question, choice]);
  reach(others);
}

function reach(answers) {
  const next = { ...state, correcting: undefined };
  const { node, answers: kept } = walk(paths, next.started, answers);
  state = { ...next, answers: kept };
  if (!over(node)) return;
  if (state.finished) state = { ...state, id: newId(), replaces: state.finished };
  state.finished = state.id;
  keepFinished();
}

/** The finished question to what is to be sent; once it is there, again changes nothing. */
async function keepFinished() {
  const { id, started, ruleset, territory, answers, replaces = null } = state;
  try {
    await keepQuestion({ id, started, ruleset, territory, settings: paths.settings, language, answers, replaces });
  } catch {
    byId("log").prepend(notice([words.page["offline.not_kept"]]));
    return;
  }
  send();
}

function back() {
  if (state.correcting) state = { ...state, correcting: undefined };
  else if (state.answers.length) state = { ...state, answers: state.answers.slice(0, -1) };
  else return [words.page["chat.nothing_before"]];
  return [];
}

function write(text) {
  const { node, answers } = here();
  const choice = node.days ? typedChoice(text) : null;
  if (choice === null) return arrive([words.page["chat.not_understood"]]);
  const others = state.correcting ? state.answers.filter(([question]) => question !== node.question) : answers;
  const wrong = wrongDays(paths, state.started, [...others, [node.question, choice]]);
  if (wrong.length) return arrive(wrongWords(words, wrong));
  give(choice);
  arrive([]);
}

// --- what is seen

function arrive(notices) {
  save();
  show(notices, false);
  byId("now")?.focus({ preventScroll: true });
  byId("log").scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function show(notices, more) {
  const seen = view(paths, words, state.started, state.answers, state.correcting);
  const { node, given, sections, choices } = seen;
  const first = (!more && !over(node) && paths.questions[node.question].first) || choices.length;
  byId("given").hidden = !given.length;
  byId("given").querySelector("ol").replaceChildren(...given.map(line));
  byId("log").innerHTML = sections.join("\n");
  if (notices.length) byId("log").prepend(notice(notices));
  byId("choices").replaceChildren(...rows(choices, first));
  showListening(readAloud(words, seen, first));
  byId("write").hidden = !node.days;
  byId("text").value = "";
  byId("tools").hidden = !given.length;
  byId("status").hidden = !over(node);
  enhanceShare(byId("log"));
  showOutbox();
}

function notice(sentences) {
  const card = clone("notice");
  card.append(...sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })));
  return card;
}

function line({ question, short, correct, said }, i) {
  const item = clone("line");
  const asked = item.querySelector(".given__question");
  asked.id = `given-${i}`;
  asked.textContent = short;
  item.querySelector(".bubble").textContent = said;
  const button = item.querySelector("button");
  button.dataset.correct = question;
  button.setAttribute("aria-label", correct);
  button.setAttribute("aria-describedby", asked.id);
  return item;
}

function showListening(sentences) {
  const place = clone("hear");
  byId("now").closest("#log > *").after(place);
  canBeHeard(place, language, sentences);
}

function rows(choices, first) {
  const unknown = choices.slice(-1);
  const shown = choices.slice(0, -1).slice(0, first);
  const found = shown.map(({ id, label }) => row(label, { answer: id }));
  if (shown.length + unknown.length < choices.length) found.push(row(words.page["chat.more"], { tool: "more" }));
  return [...found, ...unknown.map(({ id, label }) => row(label, { answer: id }, "skip"))];
}

function row(label, data, kind = "choice") {
  const item = clone("choice");
  const button = item.querySelector("button");
  button.textContent = label;
  button.classList.add(`button--${kind}`);
  Object.assign(button.dataset, data);
  return item;
}

// --- what is kept and sent

async function send() {
  await showOutbox();
  await sendQuestions();
  await showOutbox();
  if (!(await allQuestions()).some((question) => question.state === "kept")) return;
  const registration = await navigator.serviceWorker?.getRegistration();
  registration?.sync?.register("questions").catch(() => undefined);
}

async function showOutbox() {
  const questions = await allQuestions();
  const mine = questions.find(({ id }) => id === state.id);
  const status = byId("status");
  status.dataset.state = mine?.state ?? "";
  status.querySelector("[role=status]").textContent = mine ? [statusWords(mine), mine.said].filter(Boolean).join(" ") : "";
  const shared = byId("shared");
  if (mine?.share && shared.dataset.share !== mine.share) shared.replaceChildren(shareLink(mine.share));
  if (!mine?.share) shared.replaceChildren();
  shared.dataset.share = mine?.share ?? "";
  showRefused(questions.filter((question) => question.state === "refused"));
  const waiting = questions.filter((question) => question.state === "kept" && question.id !== state.id);
  byId("waiting").hidden = !waiting.length;
}

function statusWords(question) {
  if (question.state === "sent") return words.page["offline.sent"];
  return question.state === "kept" ? words.page["offline.kept"] : words.page["offline.refused"];
}

function shareLink(address) {
  const share = clone("share");
  share.querySelector("a").href = address;
  const holder = document.createElement("div");
  holder.append(share);
  enhanceShare(holder);
  return share;
}

function showRefused(refused) {
  byId("refused").replaceChildren(
    ...refused.map((question) => {
      const card = notice([words.page["offline.refused"], question.said]);
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--small" });
      button.textContent = words.page["offline.read"];
      button.dataset.read = question.id;
      card.append(button);
      return card;
    }),
  );
}

// --- the start

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

function kept() {
  try {
    const found = JSON.parse(remembered(STATE));
    return Array.isArray(found?.answers) && found.territory === paths.territory ? found : null;
  } catch {
    return null;
  }
}

/** The answers given in the online chat before the network went, taken up once. */
function carried() {
  const found = sessionStorage.getItem("aiguillage.carried");
  sessionStorage.removeItem("aiguillage.carried");
  return found ? JSON.parse(found) : null;
}

function begin() {
  const notices = [];
  const before = kept();
  const answers = carried();
  state = before ?? fresh();
  if (answers) {
    state = { ...fresh(), answers: walk(paths, localDay(), answers).answers };
    if (state.answers.length < answers.length) notices.push(words.page["offline.not_continued"]);
  } else if (before && before.ruleset !== paths.ruleset) {
    if (before.answers.length && !before.finished) notices.push(words.page["offline.rules_changed"]);
    state = fresh();
  } else if (before && !before.answers.length) {
    state = fresh();
  }
  if (over(here().node) && !state.finished) reach(state.answers);
  else if (state.finished === state.id) keepFinished();
  save();
  show(notices, false);
}

/** A newer version takes over between two questions, never in one. */
async function takeUpNewVersion() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return;
  const offer = () => {
    byId("update").hidden = !registration.waiting || !navigator.serviceWorker.controller;
  };
  window.addEventListener("online", () => registration.update().catch(() => undefined));
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  byId("update").querySelector("button").addEventListener("click", () => registration.waiting?.postMessage("take-over"));
  if (registration.waiting && !state.answers.length) registration.waiting.postMessage("take-over");
  else offer();
}

/** The page and the package are of two versions: the newer worker, once it is there, brings both. */
async function takeOver() {
  byId("not-ready").hidden = false;
  (await navigator.serviceWorker?.getRegistration())?.waiting?.postMessage("take-over");
}

function reloadUnderNewWorker() {
  let controlled = Boolean(navigator.serviceWorker?.controller);
  navigator.serviceWorker?.addEventListener("controllerchange", () => {
    if (controlled) window.location.reload();
    controlled = true;
  });
}

function listen() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.read) readRefusal(button.dataset.read).then(showOutbox);
    else if (button && (button.dataset.answer || button.dataset.correct || button.dataset.tool)) press(button);
  });
  byId("write").addEventListener("submit", (event) => {
    event.preventDefault();
    if (byId("text").value.trim()) write(byId("text").value);
    else byId("text").focus();
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  new BroadcastChannel("aiguillage-outbox").addEventListener("message", showOutbox);
  window.addEventListener("online", onConnection);
  window.addEventListener("offline", onConnection);
}

async function onConnection() {
  const reached = await reachable();
  byId("network").hidden = reached;
  if (reached) send();
}

/** Whether the server answers: a phone may believe in a network through which nothing gets. */
async function reachable() {
  try {
    return navigator.onLine && (await fetch("/manifest.webmanifest", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

async function start() {
  const wanted = remembered("language");
  const asked = new URLSearchParams(window.location.search).get("lang");
  if (!asked && wanted && wanted !== language) return window.location.replace(`/hors-ligne?lang=${wanted}`);
  remember("language", language);
  try {
    const index = await read(workerAddress().replace("/service-worker.js", "/hors-ligne/paquet.json"));
    if (!import.meta.url.includes(`/${index.page}/`)) return await takeOver();
    [paths, words] = await Promise.all([read(index.paths), read(index.words[language])]);
  } catch {
    byId("not-ready").hidden = false;
    return;
  }
  begin();
  listen();
  onConnection();
  await takeUpNewVersion();
  byId("dialogue").hidden = false;
  document.documentElement.dataset.ready = "";
}

reloadUnderNewWorker();
start();
