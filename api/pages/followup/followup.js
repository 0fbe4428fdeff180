// « Partager » with the phone's own sheet, else the clipboard, else by hand.

// A line to write is copied only. What is shared may be an address with the line to write there.

for (const button of document.querySelectorAll("[data-share], [data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { share: address, copy, text } = button.dataset;
    const said = button.parentElement.querySelector("[role=status]");
    if (address && navigator.share) {
      try {
        await navigator.share(text ? { url: address, text } : { url: address });
        return;
      } catch (error) {
        if (error.name === "AbortError") return;
      }
    }
    try {
      await navigator.clipboard.writeText(copy ?? (text ? `${address}\n${text}` : address));
      said.textContent = button.dataset.done;
    } catch {
      said.textContent = button.dataset.failed;
      document.getElementById(button.dataset.of ?? "adresse").select();
    }
  });
}
