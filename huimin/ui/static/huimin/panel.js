// The side panel: a row or a link marked data-panel opens beside the list; the list stays usable.
const box = document.querySelector("[data-panel-box]");
const body = box?.querySelector("[data-panel-body]");
const full = box?.querySelector("[data-panel-full]");
let from = null;

async function open(url, fullUrl, opener) {
  if (!box) {
    location.assign(fullUrl ?? url);
    return;
  }
  from = opener ?? document.activeElement;
  box.hidden = false;
  full.hidden = !fullUrl;
  if (fullUrl) full.href = fullUrl;
  body.setAttribute("aria-busy", "true");
  await window.htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
  body.removeAttribute("aria-busy");
  body.scrollTop = 0;
  if (matchMedia("(max-width: 61.99rem)").matches) body.focus();
}

function close() {
  if (!box || box.hidden) return;
  box.hidden = true;
  body.replaceChildren();
  from?.focus?.();
}

document.addEventListener("panel:open", (event) => open(event.detail.url, event.detail.full, event.detail.from));
document.addEventListener("panel:close", close);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-panel-close]")) close();
  const link = event.target.closest("a[data-panel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.href, link.dataset.full ?? link.href, link);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open], details[data-menu][open]")) close();
});

// A whole page opened in the panel: only its content is taken, and the list keeps its title.
body?.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.serverResponse?.includes('id="content"')) return;
  event.detail.selectOverride = "#content > *";
  event.detail.ignoreTitle = true;
});

body?.addEventListener("htmx:responseError", () => {
  const words = document.createElement("p");
  words.className = "hm-message hm-tone-refused";
  words.setAttribute("role", "alert");
  words.textContent = box.dataset.failed;
  body.replaceChildren(words);
});
