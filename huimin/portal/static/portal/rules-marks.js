// Rows and steps that something was found about: `marks` is a list of {mark: "decision:row" or "decision", tone}.
export function mark(root, marks) {
  for (const old of root.querySelectorAll(".rules-step.is-refused, .rules-step.is-waiting, tr.is-refused, tr.is-waiting")) {
    old.classList.remove("is-refused", "is-waiting");
  }
  for (const one of [...marks].reverse()) {
    const row = root.querySelector(`tr[data-mark="${CSS.escape(one.mark)}"]`) ?? root.querySelector(`[data-mark="${CSS.escape(one.mark)}"]`);
    const target = row ?? document.getElementById(one.mark.split(":")[0])?.closest(".rules-step");
    if (!target) continue;
    target.classList.remove("is-refused", "is-waiting");
    target.classList.add(`is-${one.tone}`);
  }
}
