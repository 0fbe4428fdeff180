// Keys for who reviews many questions: single letters work outside fields, and can be switched off (WCAG 2.1.4).
const OFF = "aiguillage.review.keys";
const dialog = document.getElementById("keys");
const field = "input, textarea, select, [contenteditable]";
let on = true;
try {
  on = localStorage.getItem(OFF) !== "off";
} catch {
  // Storage may be refused: then the keys are on.
}

const find = (selector) => document.querySelector(selector);
const follow = (selector) => find(selector)?.click();

function move(step) {
  const lines = [...document.querySelectorAll("[data-line]")];
  if (!lines.length) return follow(step > 0 ? "[data-after]" : "[data-before]");
  const at = lines.indexOf(document.activeElement.closest(".line")?.querySelector("[data-line]"));
  const next = lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : at + step];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  } else follow(step > 0 ? ".pages [rel=next]" : ".pages [rel=prev]");
}

function judge(kind) {
  const judged = find(`[data-judge="${kind}"]`);
  if (!judged) return;
  const outer = judged.closest(".change");
  if (outer) outer.open = true;
  judged.open = true;
  const first = judged.querySelector(kind === "confirmed" ? ".button--send" : "form input:not([type=hidden]), textarea");
  first.focus();
  judged.scrollIntoView({ block: "nearest" });
}

function take() {
  const line = document.activeElement.closest(".line") ?? document;
  (line.querySelector("button[name=a]") ?? find("[data-take]"))?.click();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  n: () => follow("[data-after], .pages [rel=next]"),
  p: () => follow("[data-before], .pages [rel=prev]"),
  u: () => follow("[data-back]"),
  c: () => judge("confirmed"),
  r: () => judge("corrected"),
  l: () => judge("to_cler"),
  q: () => judge("returned"),
  t: take,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || dialog?.open) return;
  const target = event.target;
  const writing = target.matches(field) && !(target.type === "checkbox" || target.type === "radio");
  if (event.key === "Escape" && target.matches(field)) return target.blur();
  if (writing) return;
  const inList = document.querySelector("[data-line]") && (target === document.body || target.closest(".line"));
  if (inList && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    return move(event.key === "ArrowDown" ? 1 : -1);
  }
  if (event.key === "?" && on && dialog) {
    event.preventDefault();
    return dialog.showModal();
  }
  const act = on && !event.shiftKey && keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

const opener = find("[data-keys-open]");
if (opener && dialog) {
  opener.parentElement.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  const box = dialog.querySelector("[data-keys-on]");
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    try {
      localStorage.setItem(OFF, on ? "on" : "off");
    } catch {
      // It holds for this page.
    }
  });
}

// A form's own link opens it, also where the browser does not open what is closed.
function reveal() {
  const target = location.hash.startsWith("#formulaire-") && document.getElementById(location.hash.slice(1));
  if (target) judge(target.closest("[data-judge]").dataset.judge);
}
addEventListener("hashchange", reveal);
for (const link of document.querySelectorAll(".judge-bar a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    judge(link.hash.slice("#formulaire-".length));
    find(link.hash)?.scrollIntoView({ block: "start" });
  });
}

// Back in the list: the line that was read has the focus. After a verdict: what was done, or what is wrong.
function land() {
  const back = location.hash.startsWith("#q-") && document.getElementById(location.hash.slice(1));
  const wrong = find('[aria-invalid="true"]');
  if (back) back.querySelector("[data-line]")?.focus();
  else if (location.hash === "#fait") (find("#fait .button--first") ?? find("#fait"))?.focus();
  else (wrong?.querySelector("input") ?? wrong)?.focus();
}
// The browser goes to the address's own place first, and takes the focus along.
const later = () => requestAnimationFrame(() => requestAnimationFrame(land));
if (document.readyState === "complete") later();
else addEventListener("load", later);
