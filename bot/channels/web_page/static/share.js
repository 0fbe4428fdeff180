// « Partager », « Copier » and « Imprimer »: what only a script can do is shown only when it can.

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function showByHand(said, words, address) {
  const field = document.createElement("input");
  field.readOnly = true;
  field.value = address;
  field.setAttribute("aria-label", words);
  said.replaceChildren(words, field);
  field.select();
}

async function share(link) {
  const address = link.href;
  const said = link.parentElement.querySelector("[role=status]");
  if (navigator.share) {
    try {
      await navigator.share({ title: link.dataset.title, url: address });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  if (await copied(address)) said.textContent = link.dataset.done;
  else showByHand(said, link.dataset.failed, address);
}

async function copyQuote(button) {
  const quote = button.parentElement.querySelector("[data-copied]");
  if (await copied(quote.textContent.trim())) {
    button.textContent = button.dataset.done;
  } else {
    window.getSelection().selectAllChildren(quote);
  }
}

function enhanceLink(link) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.textContent = link.dataset.label;
  button.addEventListener("click", () => share(link));
  link.className = "link";
  link.before(button);
}

export function enhanceShare(root) {
  root.querySelectorAll("[data-share]").forEach(enhanceLink);
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copyQuote(button));
  }
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
