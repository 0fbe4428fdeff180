// The interview without a server: pure functions over the paths and the words of a package.
// A day is an ISO string; an answer is [question, choice], a typed day being "=2026-04-21", not knowing "inconnu".

export const UNKNOWN = "inconnu";
const TYPED = "=";
const DAY = 24 * 3600 * 1000;
const FRENCH_DAY = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/;
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const OPEN_DAY = /\{\{day:([^:}]+):(latest|earliest)\}\}/g;

const two = (number) => String(number).padStart(2, "0");
const iso = (year, month, day) => `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
const parts = (day) => day.split("-").map(Number);

/** The day that many calendar months earlier: 31 March less one month is the last of February. */
export function monthsBefore(day, months) {
  const [year, month, date] = parts(day);
  const count = year * 12 + month - 1 - months;
  const last = new Date(Date.UTC(Math.floor(count / 12), (count % 12) + 1, 0)).getUTCDate();
  return iso(Math.floor(count / 12), (count % 12) + 1, Math.min(date, last));
}

/** The day that is [months before, then days after] the contact; null where there is no such end. */
export function endDay(end, contact) {
  if (end === null) return null;
  const start = new Date(`${monthsBefore(contact, end[0])}T00:00:00Z`);
  return new Date(start.getTime() + end[1] * DAY).toISOString().slice(0, 10);
}

/** Today where the phone is. */
export function localDay(now = new Date()) {
  return iso(now.getFullYear(), now.getMonth() + 1, now.getDate());
}

function isDay(text) {
  const found = ISO_DAY.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number);
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** What a visitor typed as a typed choice; null where it is no day at all. A day that cannot be stays as typed. */
export function typedChoice(text) {
  const typed = text.trim();
  const french = FRENCH_DAY.exec(typed);
  if (!french) return ISO_DAY.test(typed) ? TYPED + typed : null;
  const day = iso(Number(french[3]), Number(french[2]), Number(french[1]));
  return TYPED + (isDay(day) ? day : typed.slice(0, 10));
}

/** Where these answers lead: the node with its number, and those of the answers that were asked for on the way, in order. */
export function walk(paths, started, answers, without = null) {
  const given = new Map(answers);
  const kept = [];
  let number = paths.start;
  for (;;) {
    const node = paths.nodes[number];
    const choice = node.question !== without ? given.get(node.question) : undefined;
    const next = choice === undefined ? undefined : follow(paths, node, started, choice, kept);
    if (next === undefined) return { node, number, answers: kept };
    given.delete(node.question);
    kept.push([node.question, choice]);
    number = next;
  }
}

function follow(paths, node, started, choice, before) {
  if (choice === UNKNOWN) return node.unknown;
  if (!choice.startsWith(TYPED)) return node.choices.find(([id]) => id === choice)?.[1];
  const day = choice.slice(1);
  if (!node.days || wrongDays(paths, started, [...before, [node.question, choice]]).length) return undefined;
  return node.days[cell(paths, started, day)] ?? undefined;
}

/** The cell that a day lies in, the nearest to the contact first. */
function cell(paths, started, day) {
  return paths.cells.filter((first) => day < endDay(first, started)).length;
}

/** What is wrong with the typed days of these answers: [code, fact, value, other fact, its value]. */
export function wrongDays(paths, started, answers) {
  const wrong = [];
  const bounds = { aujourdhui: [started, started], date_contact: [started, started] };
  for (const [question, choice] of answers) {
    const { fact, choices } = paths.questions[question];
    if (!fact || choice === UNKNOWN) continue;
    if (!choice.startsWith(TYPED)) {
      if (choices[choice]) bounds[fact] = choices[choice].map((end) => endDay(end, started));
      continue;
    }
    const day = choice.slice(1);
    const [first, last] = paths.years;
    if (!isDay(day)) wrong.push(["not_a_date", fact, day]);
    else if (day < iso(first, 1, 1) || day > iso(last, 12, 31)) wrong.push(["year_out_of_range", fact, day]);
    else bounds[fact] = [day, day];
  }
  return [...wrong, ...outOfOrder(paths.order, bounds)];
}

function outOfOrder(order, bounds) {
  const wrong = new Map();
  for (const [first, second] of order) {
    const start = bounds[first]?.[0];
    const end = bounds[second]?.[1];
    if (!start || !end || start <= end || wrong.has(first)) continue;
    const code = first === "date_dst" && second === "aujourdhui" ? "future_dst" : "dates_out_of_order";
    wrong.set(first, [code, first, start, second, end]);
  }
  return [...wrong.values()];
}

/** The errors in words. */
export function wrongWords(words, wrong) {
  return wrong.flatMap(([code, fact, value, other, end]) =>
    words.errors[other ? `${code} ${fact} ${other}` : `${code} ${fact}`].map((sentence) =>
      sentence.replaceAll("{{value}}", value).replaceAll("{{other}}", end ?? ""),
    ),
  );
}

/** A day as the language writes it. */
export function dayWords(words, day) {
  const [year, month, date] = parts(day);
  const pattern = words.months[month - 1][date < 10 ? 0 : 1];
  return pattern.replace("{year}", String(year)).replace("{day}", String(date));
}

/** What the page shows for these answers: those given, the sections as mark-up, and the choices offered. `heard`: what
 * a voice reads of the sections, one sentence a line. */
export function view(paths, words, started, answers, correcting = undefined) {
  const { node, number: place } = walk(paths, started, answers, correcting);
  const given = answers.map((answer) => ({
    question: answer[0],
    short: words.questions[answer[0]].short,
    correct: words.questions[answer[0]].correct,
    said: said(words, answer),
  }));
  if (Array.isArray(node)) {
    const heard = paths.heard[place].map((section) => words.heard.sections[section]).join("\n");
    return { node, given, sections: answered(paths, words, node, started), choices: [], heard };
  }
  const { asks, choices, heard, heard_choices: spoken } = words.questions[node.question];
  const number = answers.length + (correcting ? 0 : 1);
  return {
    node,
    given,
    sections: [words.progress[number - 1], asks],
    choices: [...node.choices, [UNKNOWN]].map(([id]) => ({
      id,
      label: choices[id] ?? words.page["choice.unknown"],
      heard: spoken[id] ?? words.heard["choice.unknown"],
    })),
    heard,
  };
}

/** What a voice reads of a view, sentence by sentence. `first`: how many choices stand there before « more ». */
export function readAloud(words, { heard, choices }, first = choices.length) {
  const known = choices.slice(0, -1);
  const shown = known.slice(0, first);
  const more = shown.length < known.length ? [words.heard["chat.more"]] : [];
  const offered = [...shown.map((one) => one.heard), ...more, ...choices.slice(-1).map((one) => one.heard)];
  return [heard, ...(offered.length ? [words.heard["speech.choices"], ...offered] : [])].join("\n").split("\n");
}

function answered(paths, words, node, started) {
  return node.map((number) =>
    words.sections[number].replace(OPEN_DAY, (_, zone, which) =>
      dayWords(words, endDay(paths.zones[zone][which === "latest" ? 1 : 0], started)),
    ),
  );
}

function said(words, [question, choice]) {
  if (choice === UNKNOWN) return words.page["choice.unknown"];
  if (choice.startsWith(TYPED)) return words.day.replace("{{day}}", dayWords(words, choice.slice(1)));
  return words.questions[question].choices[choice];
}
