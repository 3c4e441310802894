// Forms marked data-autosave="some-key" keep what was typed on this machine until they are sent.
// Files, passwords and hidden fields are never kept; what is kept is dropped after seven days.
const WEEK = 7 * 24 * 3600 * 1000;

function fields(form) {
  return [...form.elements].filter(
    (one) => one.name && !["hidden", "file", "password", "submit", "button"].includes(one.type),
  );
}

function read(form) {
  return fields(form).map((one) =>
    one.type === "checkbox" || one.type === "radio"
      ? [one.name, one.value, one.checked]
      : one instanceof HTMLSelectElement && one.multiple
        ? [one.name, null, [...one.selectedOptions].map((option) => option.value)]
        : [one.name, null, one.value],
  );
}

function write(form, kept) {
  for (const [name, value, state] of kept) {
    for (const one of fields(form)) {
      if (one.name !== name || (value !== null && one.value !== value)) continue;
      if (value !== null) one.checked = state;
      else if (Array.isArray(state)) for (const option of one.options) option.selected = state.includes(option.value);
      else one.value = state;
    }
  }
}

function notice(form, text, button, press) {
  const box = document.createElement("p");
  box.className = "hm-kept";
  box.setAttribute("role", "status");
  box.append(text, " ");
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = button;
  again.addEventListener("click", () => {
    press();
    box.remove();
  });
  box.append(again);
  form.prepend(box);
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const key = `huimin:form:${form.dataset.autosave}`;
  const blank = read(form);
  const mark = form.querySelector("[data-saved]");
  let timer = 0;

  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (kept && Date.now() - kept.at < WEEK && JSON.stringify(kept.values) !== JSON.stringify(blank)) {
      write(form, kept.values);
      const when = new Date(kept.at).toLocaleString(document.documentElement.lang || "zh-CN");
      notice(form, `${document.body.dataset.kept} (${when})`, document.body.dataset.drop, () => {
        write(form, blank);
        localStorage.removeItem(key);
      });
    } else {
      localStorage.removeItem(key);
    }
  } catch {
    localStorage.removeItem(key);
  }

  const save = (sent = false) => {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent, values: read(form) }));
    if (mark) mark.textContent = mark.dataset.saved;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 400, false);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (event.defaultPrevented) return;
    if (navigator.onLine) {
      save(true);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    save();
    const offline = document.querySelector("[data-offline]");
    if (offline) offline.hidden = false;
  });
}

// A form that was sent and is not on the page that answered was taken. The sign-in card and the error pages do not
// run this module: a session that ran out or a server that failed loses nothing.
const present = new Set([...document.querySelectorAll("form[data-autosave]")].map((form) => `huimin:form:${form.dataset.autosave}`));
for (const key of Object.keys(localStorage)) {
  if (!key.startsWith("huimin:form:") || present.has(key)) continue;
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (kept.sent || Date.now() - kept.at > WEEK) localStorage.removeItem(key);
  } catch {
    localStorage.removeItem(key);
  }
}
