// Every page: offline notice, print, copy, one submit per press, confirmation, menus, drawers.
const offline = document.querySelector("[data-offline]");

function showNetwork() {
  if (offline) offline.hidden = navigator.onLine;
}
addEventListener("online", showNetwork);
addEventListener("offline", showNetwork);
showNetwork();

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  if (target.closest("[data-print]")) print();

  const copy = target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const word = copy.querySelector("[data-copy-word]") ?? copy;
    if (copy.dataset.copied) word.textContent = copy.dataset.copied;
  }

  const opener = target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  if (target instanceof HTMLDialogElement) target.close(); // a press on the backdrop

  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
});

// A form marked data-once goes out once. htmx forms are guarded by htmx itself (hx-sync is its default for forms).
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.matches("[data-forget]")) {
    // Signing out of a shared machine leaves nothing of what was typed.
    for (const key of Object.keys(localStorage)) if (key.startsWith("huimin:")) localStorage.removeItem(key);
  }
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
});

// Coming back with the browser's back button: the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// A part of the page that could not be fetched: say so once, and take it back when the next one arrives.
const failure = document.querySelector("[data-failure]");
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    if (failure) failure.hidden = !navigator.onLine; // without a network the other notice is there already
  });
}
document.addEventListener("htmx:afterOnLoad", () => {
  if (failure) failure.hidden = true;
});

document.querySelector("[data-errors]")?.focus();
