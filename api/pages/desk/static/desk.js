// Every request that htmx makes carries the mark of this session's forms.
// On a phone the way to the other pages is one long line: where one is stands in sight.
const ways = document.querySelector(".desk__nav ul");
const here = ways?.querySelector("[aria-current]");
if (here) ways.scrollLeft += here.getBoundingClientRect().left - ways.getBoundingClientRect().left - 16;

const mark = document.querySelector('input[name="csrf"]')?.value ?? "";
document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = mark;
});
