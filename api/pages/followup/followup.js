// « Partager » with the phone's own sheet, else the clipboard, else by hand.

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = button.dataset.share;
    const said = button.parentElement.querySelector("[role=status]");
    if (navigator.share) {
      try {
        await navigator.share({ url: address });
        return;
      } catch (error) {
        if (error.name === "AbortError") return;
      }
    }
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = button.dataset.done;
    } catch {
      said.textContent = button.dataset.failed;
      document.querySelector("#adresse").select();
    }
  });
}
