// Every request that htmx makes carries the mark of this session's forms.
const mark = document.querySelector('input[name="csrf"]')?.value ?? "";
document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = mark;
});
