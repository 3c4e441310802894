// The form of a draft: htmx asks the server as one types; here the rows that something was found about are marked.
import { mark } from "./rules-marks.js";

function show() {
  const live = document.getElementById("rules-live");
  if (live) mark(document, JSON.parse(live.dataset.marks || "[]"));
}
document.addEventListener("htmx:afterSettle", show);
show();

// What was typed and not kept is asked about before the page is left.
const form = document.querySelector("[data-rules-form]");
let dirty = false;
form?.addEventListener("input", () => { dirty = true; });
form?.addEventListener("submit", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
