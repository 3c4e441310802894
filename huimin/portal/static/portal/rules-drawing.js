// dmn-js on a draft: its words in the reader's language, the server's check as one works, saving with the revision.
const box = document.querySelector("[data-rules-drawing]");
const words = JSON.parse(document.getElementById("rules-words").textContent);
const save = box.querySelector("[data-save]");
const status = box.querySelector("[data-status]");
const problem = box.querySelector("[data-error]");
const live = box.querySelector("[data-live]");
const views = box.querySelector("[data-views]");
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
let revision = box.dataset.revision;
let key = box.dataset.key;
let dirty = false;
let waiting = 0;
let asked = 0;

function translate(text, values = {}) {
  return (words[text] ?? text).replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole);
}
const language = { translate: ["value", translate] };
const options = { additionalModules: [language] };
const modeler = new DmnJS({
  container: box.querySelector("[data-canvas]"),
  common: options, drd: options, decisionTable: options, literalExpression: options, boxedExpression: options,
  keyboard: { bindTo: document },
});

function fail(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

async function post(address, values) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json, text/html;q=0.9" } });
}

async function written() {
  return (await modeler.saveXML({ format: true })).xml;
}

async function check() {
  const mine = ++asked;
  const answer = await fetchCheck();
  if (mine !== asked || !answer) return;
  live.innerHTML = answer;
  marks();
}

async function fetchCheck() {
  const body = new URLSearchParams({ xml: await written() });
  const answer = await fetch(box.dataset.check, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } });
  return answer.ok ? answer.text() : "";
}

// Rows of the open table that something was found about.
function marks() {
  const found = JSON.parse(document.getElementById("rules-live")?.dataset.marks || "[]");
  const view = modeler.getActiveView();
  const rows = box.querySelectorAll(".tjs-table tbody tr");
  for (const row of rows) row.classList.remove("is-refused", "is-waiting");
  for (const one of found) {
    const [decision, number] = one.mark.split(":");
    if (view && view.id === decision && number) rows[Number(number) - 1]?.classList.add(`is-${one.tone}`);
  }
}

function changed() {
  dirty = true;
  save.disabled = false;
  status.textContent = box.dataset.dirty;
  clearTimeout(waiting);
  waiting = setTimeout(check, 700);
}

async function keep() {
  fail("");
  save.setAttribute("aria-busy", "true");
  try {
    const answer = await post(box.dataset.xml, { xml: await written(), revision, key });
    const found = await answer.json();
    if (!answer.ok) {
      fail(found.message);
      return;
    }
    ({ revision, key } = found);
    dirty = false;
    save.disabled = true;
    status.textContent = box.dataset.saved;
    await check();
  } catch {
    fail(box.dataset.lost);
  } finally {
    save.removeAttribute("aria-busy");
  }
}

function tabs() {
  const active = modeler.getActiveView();
  views.replaceChildren(...modeler.getViews().map((view) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `hm-chip${view === active ? " is-on" : ""}`;
    button.textContent = view.type === "drd" ? translate("View DRD") : view.element.get("label") || view.name;
    button.setAttribute("aria-pressed", String(view === active));
    button.addEventListener("click", () => modeler.open(view));
    return button;
  }));
}

// What dmn-js leaves without a name, for those who do not see it.
function named() {
  for (const one of box.querySelectorAll(".rules-canvas button:not([aria-label]):not([title])")) {
    if (!one.textContent.trim()) one.setAttribute("aria-label", translate("Edit"));
  }
  const scroller = box.querySelector(".rules-canvas .tjs-container");
  scroller?.setAttribute("tabindex", "0");
}

const listened = new WeakSet();
modeler.on("views.changed", () => {
  tabs();
  const viewer = modeler.getActiveViewer();
  if (viewer && !listened.has(viewer)) {
    listened.add(viewer);
    viewer.on("elements.changed", changed);
    viewer.on("commandStack.changed", changed);
  }
  requestAnimationFrame(() => { marks(); named(); });
});

save.addEventListener("click", keep);
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    if (!save.disabled) keep();
  }
});
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

try {
  const text = await (await fetch(box.dataset.xml)).text();
  await modeler.importXML(text);
  const wanted = new URLSearchParams(location.search).get("step") ?? box.dataset.open;
  const view = modeler.getViews().find((one) => one.id === wanted || one.name === wanted);
  if (view) await modeler.open(view);
  dirty = false;
  save.disabled = true;
  status.textContent = "";
  marks();
  box.dataset.ready = "1";
} catch (error) {
  fail(box.dataset.failed);
  throw error;
}
