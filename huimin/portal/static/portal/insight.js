// The picture of places works as links. With script a step puts the next picture in place, and map and list light up together.
const picture = () => document.getElementById("picture");

function twins(code) {
  return picture()?.querySelectorAll(`[data-spot="${CSS.escape(code)}"]`) ?? [];
}

function light(event, on) {
  const code = event.target.closest?.("[data-spot]")?.dataset.spot;
  if (!code) return;
  for (const one of twins(code)) one.classList.toggle("is-lit", on);
}

document.addEventListener("pointerover", (event) => light(event, true));
document.addEventListener("pointerout", (event) => light(event, false));
document.addEventListener("focusin", (event) => light(event, true));
document.addEventListener("focusout", (event) => light(event, false));

// htmx follows HTML links only: a press on the map is a press on the same place in the list.
document.addEventListener("click", (event) => {
  const area = event.target.closest?.(".hm-atlas-map a[data-spot]");
  if (!area || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = picture()?.querySelector(`tr[data-spot="${CSS.escape(area.dataset.spot)}"] a`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// The next picture begins at its title, also for who listens.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "picture" || event.target.id === "picture") {
    document.querySelector("[data-picture-title]")?.focus({ preventScroll: true });
  }
});
