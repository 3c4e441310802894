// Visits on a phone: saved here first, as the final record with their photos and a key of their own, then sent.
// Without a network they wait; on return they go out by themselves. Nothing is typed again.
const STORE = "visits";
const mine = document.querySelector("[data-visit-mine]");
const form = document.querySelector("[data-visit-form]");
const place = mine ?? form;
const owner = place?.dataset.owner;

function database() {
  return new Promise((done, fail) => {
    const asked = indexedDB.open("huimin-poverty", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

async function inStore(mode, run) {
  const db = await database();
  try {
    return await new Promise((done, fail) => {
      const work = db.transaction(STORE, mode);
      const asked = run(work.objectStore(STORE));
      work.oncomplete = () => done(asked.result);
      work.onerror = () => fail(work.error);
      work.onabort = () => fail(work.error);
    });
  } finally {
    db.close();
  }
}

const put = (visit) => inStore("readwrite", (store) => store.put(visit));
const drop = (key) => inStore("readwrite", (store) => store.delete(key));
const waiting = async () => (await inStore("readonly", (store) => store.getAll())).filter((one) => one.owner === owner);

// Sending

async function ready() {
  const answer = await fetch(place.dataset.ready, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
  if (answer.status === 401 || answer.type === "opaqueredirect") return { state: "login" };
  if (!answer.ok) return { state: "down" };
  const found = await answer.json();
  return found.owner === owner ? { state: "ready", token: found.token } : { state: "login" };
}

async function post(address, fields, photos, token) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  for (const photo of photos) body.append("photos", photo.blob, photo.name);
  const answer = await fetch(address, {
    method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" }, redirect: "manual",
  });
  const type = answer.headers.get("Content-Type") ?? "";
  return { status: answer.status, said: type.includes("json") ? await answer.json() : {} };
}

async function send(visit, token) {
  const fields = [...visit.fields, ["key", visit.key], ["owner", visit.owner], ["offline", visit.offline ? "1" : "0"]];
  const { status, said } = await post(visit.sync, fields, visit.photos, token);
  if (status === 200 && said.conflicts?.length) {
    await put({ ...visit, state: "conflict", conflicts: said.conflicts, photos: [] });
    return "conflict";
  }
  if (status === 200) {
    await drop(visit.key);
    return "sent";
  }
  if (status === 401 || status === 0) return "login";
  if (status >= 500 || status === 403) return "later";
  await put({ ...visit, state: "refused", message: said.message ?? "" });
  return "refused";
}

let busy = false;
async function sendAll() {
  if (busy || !place) return [];
  busy = true;
  try {
    const all = (await waiting()).filter((one) => one.state === "waiting");
    if (!all.length) return [];
    const door = await ready();
    if (door.state !== "ready") {
      await show(door.state);
      return [];
    }
    const found = [];
    for (const visit of all) found.push(await send(visit, door.token));
    await show();
    const sent = mine?.querySelector("[data-sent]");
    if (sent && found.includes("sent")) sent.hidden = (await waiting()).length > 0;
    return found;
  } catch {
    await show(); // no network after all: everything stays here
    return [];
  } finally {
    busy = false;
  }
}

// The list of what waits, on the officer's page

function element(name, text, css) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (css) made.className = css;
  return made;
}

function button(text, press, css = "hm-btn hm-btn-secondary") {
  const made = element("button", text, css);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

function line(visit, door) {
  const words = mine.dataset;
  const item = element("li");
  const body = element("div");
  const fields = Object.fromEntries(visit.fields);
  body.append(element("b", `${visit.name}  ${fields.on}`), element("p", `${fields.met}：${fields.found}`));
  const state = { waiting: door === "login" ? words.login : words.kept, refused: `${words.failed}：${visit.message ?? ""}`, conflict: words.conflict };
  body.append(element("p", state[visit.state], visit.state === "refused" ? "hm-error" : "hm-quiet"));
  item.append(body);
  if (visit.state === "conflict") for (const one of visit.conflicts) body.append(both(visit, one));
  if (visit.state === "refused") {
    const link = element("a", words.open, "hm-btn hm-btn-secondary");
    link.href = `${visit.page}#${visit.key}`;
    item.append(link, button(words.drop, async () => {
      if (!confirm(words.dropSure)) return;
      await drop(visit.key);
      await show();
    }, "hm-btn hm-btn-quiet"));
  }
  return item;
}

function both(visit, one) {
  const words = mine.dataset;
  const box = element("div");
  box.append(element("p", `${one.title}  ${words.myWord}：${one.mine}；${words.theirWord}：${one.theirs}（${one.theirs_on} ${one.theirs_by}）`));
  const choice = element("div", "", "pv-both");
  const end = async () => {
    const left = visit.conflicts.filter((other) => other !== one);
    if (left.length) await put({ ...visit, conflicts: left });
    else await drop(visit.key);
    await show();
  };
  choice.append(
    button(words.mine, async () => {
      const door = await ready();
      if (door.state !== "ready") return;
      const fields = [["kind", one.kind], ["secure", one.mine_secure ? "1" : "0"], ["note", one.note], ["key", `${visit.key}/settle/${one.kind}`]];
      const { status } = await post(visit.settle, fields, [], door.token);
      if (status === 200) await end();
    }, "hm-btn hm-btn-primary"),
    button(words.theirs, end),
  );
  box.append(choice);
  return box;
}

async function show(door = "") {
  if (!mine) return;
  const list = mine.querySelector("[data-outbox-list]");
  const all = await waiting();
  list.replaceChildren(...all.map((one) => line(one, door)));
  mine.querySelector("[data-outbox]").hidden = all.length === 0;
}

// The form

function fieldsOf() {
  const names = new Set(["key", "csrfmiddlewaretoken", "photos"]);
  return [...new FormData(form)].filter(([name, value]) => !names.has(name) && typeof value === "string");
}

let kept = null; // the refused visit that is being mended, with its key and photos

async function mend() {
  const key = location.hash.slice(1);
  if (!key) return;
  kept = (await waiting()).find((one) => one.key === key && one.state === "refused") ?? null;
  for (const [name, value] of kept?.fields ?? []) {
    const field = form.elements.namedItem(name);
    if (field && !name.startsWith("base_")) field.value = value;
  }
}

async function save(event) {
  if (!window.indexedDB) return; // an old browser sends the form as it is
  event.preventDefault();
  if (!form.reportValidity() || form.dataset.busy) return;
  const today = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
  if (form.elements.on.value > today) return say(form.dataset.future);
  form.dataset.busy = "1";
  const picked = [...form.elements.photos.files].map((file) => ({ name: file.name, blob: file }));
  const visit = {
    key: kept?.key ?? crypto.randomUUID(), owner, name: form.dataset.name, page: location.pathname, sync: form.dataset.sync,
    settle: form.dataset.settle, fields: fieldsOf(), photos: picked.length ? picked : (kept?.photos ?? []), offline: !navigator.onLine,
    state: "waiting", at: Date.now(),
  };
  try {
    await put(visit);
  } catch {
    delete form.dataset.busy;
    return say(form.dataset.full);
  }
  await sendAll();
  location.assign(form.dataset.mineUrl);
}

function say(text) {
  const box = form.querySelector("[data-visit-error]");
  box.textContent = text;
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
}

function fill(event) {
  const chip = event.target.closest("[data-fill]");
  if (!chip) return;
  const field = document.getElementById(chip.dataset.fill);
  if (field.tagName === "TEXTAREA") field.value = field.value ? `${field.value}，${chip.dataset.word}` : chip.dataset.word;
  else field.value = chip.dataset.word;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Keeping the pages

async function keepPages() {
  if (!("serviceWorker" in navigator) || !navigator.onLine) return;
  await navigator.serviceWorker.register(place.dataset.worker, { scope: "/desk/poverty/" });
  const worker = (await navigator.serviceWorker.ready).active;
  const pages = [location.pathname, ...[...document.querySelectorAll("[data-visit-page]")].map((link) => link.pathname)];
  const parts = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  const talk = new MessageChannel();
  talk.port1.onmessage = (event) => {
    if (mine) mine.dataset.pages = String(event.data.done);
  };
  worker.postMessage({ kind: "keep", owner, pages: [...new Set(pages)].slice(0, 60), parts: [...new Set(parts)] }, [talk.port2]);
}

if (form) {
  form.addEventListener("submit", save);
  form.addEventListener("click", fill);
  mend();
}
if (place) {
  addEventListener("online", sendAll);
  show().then(sendAll);
  if (mine) keepPages();
  for (const out of document.querySelectorAll("form[action*='logout']")) {
    out.addEventListener("submit", () => navigator.serviceWorker?.controller?.postMessage({ kind: "forget" }));
  }
}
