// The meeting: quorum and votes said in words as one types, arrows walk from household to household.
const fill = (text, values) => text.replace(/%([a-z])/g, (_whole, name) => String(values[name]));
const whole = (input) => (/^\d+$/.test(input?.value.trim() ?? "") ? Number(input.value.trim()) : null);

const quorum = document.querySelector("[data-quorum]");
if (quorum) {
  const says = quorum.querySelector("[data-quorum-says]");
  const [eligible, present] = ["eligible", "present"].map((name) => quorum.querySelector(`[name=${name}]`));
  const show = () => {
    const [e, p] = [whole(eligible), whole(present)];
    if (e === null || p === null || e === 0) return;
    const n = Math.ceil((e * Number(quorum.dataset.numerator)) / Number(quorum.dataset.denominator));
    const text = p > e ? says.dataset.over : p >= n ? says.dataset.enough : says.dataset.short;
    says.textContent = fill(text, { e, n, p, m: n - p });
    says.classList.toggle("is-short", p < n || p > e);
    says.classList.toggle("is-enough", p >= n && p <= e);
  };
  quorum.addEventListener("input", show);
  show();
}

const form = document.querySelector("[data-vote]");
if (form) {
  const present = Number(form.dataset.present);
  const says = form.querySelector("[data-sum]");
  const [agree, against, abstain] = ["agree", "against", "abstain"].map((name) => form.elements[name]);
  const show = () => {
    const counts = [agree, against, abstain].map(whole);
    if (counts.every((one) => one === null)) return;
    const t = counts.reduce((sum, one) => sum + (one ?? 0), 0);
    const text = t === present ? says.dataset.right : t < present ? says.dataset.less : says.dataset.more;
    says.textContent = fill(text, { t, d: Math.abs(present - t) });
    says.classList.toggle("is-enough", t === present);
    says.classList.toggle("is-short", t !== present);
  };
  form.querySelector("[data-rest]").addEventListener("click", () => {
    for (const one of [against, abstain]) if (whole(one) === null) one.value = "0";
    agree.value = String(Math.max(0, present - whole(against) - whole(abstain)));
    show();
    form.querySelector("button:not([type=button])").focus();
  });
  form.addEventListener("input", show);
  show();
  if (matchMedia("(min-width: 62rem)").matches && !document.querySelector("[data-errors]")) agree.focus({ preventScroll: true });
}

const meeting = document.querySelector("[data-meeting]");
document.addEventListener("keydown", (event) => {
  if (!meeting || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("textarea, dialog[open]")) return;
  if (event.target.matches?.("input") && event.target.value !== "") return;
  const to = { ArrowLeft: meeting.dataset.before, ArrowRight: meeting.dataset.after }[event.key];
  if (to) location.assign(to);
});
