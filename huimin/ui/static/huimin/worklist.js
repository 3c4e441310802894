// Work lists: j and k walk the rows, Enter opens, x ticks, / goes to the search; the bulk bar follows the ticks.
const list = document.querySelector("[data-worklist]");
const rows = () => [...(list?.querySelectorAll("[data-row]") ?? [])];

function here() {
  return rows().findIndex((row) => row.classList.contains("is-here"));
}

function go(to, { open = false } = {}) {
  const all = rows();
  if (!all.length) return;
  const row = all[Math.max(0, Math.min(to, all.length - 1))];
  for (const one of all) one.classList.toggle("is-here", one === row);
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
  if (open) openRow(row);
}

function openRow(row) {
  const link = row.querySelector("[data-open]");
  if (row.dataset.panelUrl) {
    document.dispatchEvent(
      new CustomEvent("panel:open", { detail: { url: row.dataset.panelUrl, full: link?.href, from: link } }),
    );
  } else {
    link?.click();
  }
}

const panelIsOpen = () => document.querySelector("[data-panel-box]:not([hidden])") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.closest?.("input, textarea, select, [contenteditable], dialog[open]") && target.type !== "checkbox") return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
    return;
  }
  if (!list) return;
  if (event.key === "j") go(here() + 1, { open: panelIsOpen() });
  else if (event.key === "k") go(here() < 0 ? 0 : here() - 1, { open: panelIsOpen() });
  else if (event.key === "x" && here() >= 0) rows()[here()].querySelector("[data-tick]")?.click();
  else if (event.key === "Enter" && here() >= 0 && target === document.body) openRow(rows()[here()]);
});

list?.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("[data-open]");
  if (event.target.closest("a, button, input, label, summary") && !link) return;
  if (!row.dataset.panelUrl) return;
  event.preventDefault();
  go(rows().indexOf(row), { open: true });
});

// The panel's action is done: mark the row and take the next one. The server says so with HX-Trigger: row-done.
document.addEventListener("row-done", () => {
  const at = here();
  if (at < 0) return;
  const all = rows();
  all[at].classList.add("is-acted");
  if (at + 1 < all.length) go(at + 1, { open: true });
  else document.dispatchEvent(new CustomEvent("panel:close"));
});

const bulk = list?.querySelector("[data-bulk]");
if (bulk) {
  const ticks = () => [...list.querySelectorAll("[data-tick]")];
  const all = list.querySelector("[data-tick-all]");
  const show = () => {
    const ticked = ticks().filter((one) => one.checked);
    for (const one of ticks()) one.closest("[data-row]").classList.toggle("is-ticked", one.checked);
    bulk.hidden = ticked.length === 0;
    bulk.querySelector("[data-bulk-count]").textContent = String(ticked.length);
    all.checked = ticked.length > 0 && ticked.length === ticks().length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const one of ticks()) one.checked = all.checked;
    show();
  });
  bulk.querySelector("[data-bulk-clear]").addEventListener("click", () => {
    for (const one of ticks()) one.checked = false;
    show();
  });
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick]")) show();
  });
  addEventListener("pageshow", show);
}
