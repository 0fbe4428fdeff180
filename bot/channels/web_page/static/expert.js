// The expert form: a row more for an orientation without a page load; the answer or the errors get the focus.
import "./page.js";

const MOST_ROWS = 20;

function addRow(event) {
  event.preventDefault();
  const rows = document.querySelector("[data-rows]");
  const row = rows.lastElementChild.cloneNode(true);
  const select = row.querySelector("select");
  select.value = "";
  select.setAttribute("aria-label", `${select.dataset.label} ${rows.children.length + 1}`);
  rows.append(row);
  select.focus();
  event.target.hidden = rows.children.length >= MOST_ROWS;
}

document.querySelector("[data-add]")?.addEventListener("click", addRow);
if (window.location.hash === "#now") document.getElementById("now")?.focus();
