"""A rule's next version: drafted, checked, simulated, proposed by one person, published by another from a day on.

What is signed is a seal: the hash of text and examples that were checked and simulated. Any later change empties the signature.
Changes of one rule stand in a queue (a lock of the transaction), so two that publish at once are one after the other.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.journal.api import Act, action
from huimin.core.rules.models import RuleDraft, RuleSimulation, RuleVersion, RuleWithdrawal
from huimin.core.rules.types import Signed
from huimin.core.rules.versions.checking import analysed, check, hole_in_words, seal_of
from huimin.core.rules.versions.force import (
    PUBLISHED,
    SHIPPED,
    InForce,
    Timeline,
    in_force,
    next_number,
    numbered,
    shipped,
)
from huimin.core.rules.versions.wording import place_of
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, NotFound, Refused

if TYPE_CHECKING:
    from huimin.core.rules.versions.simulating import Simulation

DRAFTING = frozenset(
    f"rules.{name}"
    for name in (
        "start_draft",
        "save_draft",
        "drop_draft",
        "simulate",
        "stop_simulation",
        "propose",
        "recall",
    )
)
PUBLISHING = frozenset(f"rules.{name}" for name in ("publish", "turn_down", "withdraw"))
SHORTEST = 4  # letters of a legal basis or a reason


def home(act: Act, rule: str) -> None:
    """Say that an action is about a rule of the whole province."""
    act.on(Ref.of("rule", rule), area=str(AreaCode.parse(settings.PROVINCE)))


def lock(rule: str) -> None:
    """Hold the queue of a rule's versions until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rules.versions'), hashtext(%s))", [rule])


def kept(act: Act, found: InForce, day: date) -> RuleVersion:
    """The kept version of what is in force; what a release ships is kept when it is first used.

    The first version counts from `day` where that is past, a later one from today.
    """
    rule = found.file.name
    if found.id is None:
        lock(rule)
        again = in_force(rule, max(day, act.today))
        if again.id is None:
            number = next_number(rule)
            return RuleVersion.objects.create(
                rule=rule, number=number, title=found.file.model.name, hash=found.hash, text=found.file.text,
                language=found.file.model.dmn_namespace, examples=found.file.examples, origin=SHIPPED,
                valid_from=min(day, act.today) if number == 1 else act.today, adopted=act.now, entry_id=act.entry,
            )  # fmt: skip
        found = again
    return RuleVersion.objects.defer("text", "examples").get(rule=rule, number=found.number)


def keep_version(act: Act, rule: str, day: date) -> RuleVersion:
    """Keep the version of a rule that is in force on a day, where it is not kept yet, and give it."""
    return kept(act, in_force(rule, day), day)


def signed(act: Act) -> dict[str, str]:
    """Who acts, as drafts and versions keep it."""
    return asdict(Signed(id=act.actor.id, label=act.actor.label))


def draft_of(id: UUID, *states: str) -> RuleDraft:
    """A draft to be changed, its rule's queue held; raise NotFound, or Refused in words where its state is another."""
    rule = RuleDraft.objects.filter(id=id).values_list("rule", flat=True).first()
    if rule is None:
        raise NotFound(_("没有找到这份草稿。"), code="no_draft")
    lock(rule)
    row = RuleDraft.objects.select_for_update().get(id=id)
    if states and row.state not in states:
        words = {
            "draft": _("这份草稿还没有提请发布。"),
            "proposed": _("这份草稿已经提请发布，等待另一人发布。"),
            "published": _("这份草稿已经发布，不能再改。"),
            "dropped": _("这份草稿已经作废。"),
        }
        raise Refused(words[row.state], code=f"draft_{row.state}")
    return row


def written_by(row: RuleDraft, act: Act) -> None:
    """Write down that the actor has a hand in the draft's text."""
    if all(one["id"] != act.actor.id for one in row.authors):
        row.authors = [*row.authors, signed(act)]


@action("rules.start_draft", title=gettext_lazy("起草规则"), private=("text", "examples"))
def start_draft(
    act: Act, *, rule: str, base: int = 0, text: str = "", examples: str = "", note: str = ""
) -> dict[str, Any]:
    """Begin a draft of a rule from a version (by default the one in force), or from a text that is brought along."""
    home(act, rule)
    shipped(rule)
    lock(rule)
    now = kept(act, in_force(rule, act.today), act.today)
    source = numbered(rule, base or now.number)
    row = RuleDraft(
        rule=rule, base_number=source.number, base_hash=source.hash, text=text or source.text,
        examples=examples or source.examples, note=note, created=act.now, changed=act.now, authors=[signed(act)],
    )  # fmt: skip
    row.seal = seal_of(row.text, row.examples)
    row.save()
    return {"draft": row.id, "revision": row.revision, "seal": row.seal}


@action("rules.save_draft", title=gettext_lazy("修改规则草稿"), private=("text", "examples"))
def save_draft(
    act: Act, *, draft: UUID, revision: int, text: str | None = None, examples: str | None = None,
    note: str | None = None, basis: str | None = None, valid_from: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Keep what was changed; raise Refused(code="changed_meanwhile") where another page saved since this one was opened.

    A draft that was proposed is a draft again when its text or examples differ: `voided` says so.
    """
    row = draft_of(draft, "draft", "proposed")
    home(act, row.rule)
    if row.revision != revision:
        raise Refused(
            _("这份草稿在您打开之后已由他人（或另一个窗口）修改。请先刷新，再把您的改动加进去。"),
            code="changed_meanwhile",
        )
    row.text = row.text if text is None else text
    row.examples = row.examples if examples is None else examples
    row.note = row.note if note is None else note.strip()
    row.basis = row.basis if basis is None else basis.strip()
    row.valid_from = valid_from or row.valid_from
    seal = seal_of(row.text, row.examples)
    if seal != row.seal:
        written_by(row, act)
    voided = row.state == "proposed" and seal != row.signed
    if voided:
        take_back(row)
    row.seal, row.revision, row.changed = seal, row.revision + 1, act.now
    row.save()
    act.note(rule=row.rule, seal=seal, voided=voided)
    return {"draft": row.id, "revision": row.revision, "seal": seal, "voided": voided}


def take_back(row: RuleDraft) -> None:
    """A proposal is a draft again; nobody's signature stands."""
    row.state, row.signed, row.proposer, row.proposer_label, row.proposed = "draft", "", "", "", None


@action("rules.drop_draft", title=gettext_lazy("作废规则草稿"))
def drop_draft(act: Act, *, draft: UUID) -> dict[str, Any]:
    """Put a draft aside for good; it stays readable."""
    row = draft_of(draft, "draft", "proposed", "dropped")
    home(act, row.rule)
    if row.state != "dropped":
        take_back(row)
        row.state, row.closed, row.changed = "dropped", act.now, act.now
        row.save()
    return {"draft": row.id}


def checked(row: RuleDraft) -> None:
    """Raise Refused in words where a draft has an error, a gap, an overlap, or an example that comes out otherwise."""
    found = check(row.rule, row.text, row.examples)
    if found.errors:
        first = found.errors[0]
        where = place_of(first)
        said = f"{where}：{first.message}" if where else first.message
        raise Refused(
            _("规则还有 %(n)s 处错误。第一处：%(what)s") % {"n": len(found.errors), "what": said},
            code="not_sound",
        )
    if holes := analysed(row.rule, row.text):
        raise Refused(
            _("决策表还有 %(n)s 处不周全。第一处：%(what)s。")
            % {"n": len(holes), "what": hole_in_words(holes[0])},
            code="not_whole",
        )
    if found.failed:
        wrong = found.failed[0]
        raise Refused(
            _("有 %(n)s 条试例没有通过。第一条：%(case)s，应得 %(expected)s，实得 %(found)s。")
            % {
                "n": len(found.failed), "case": wrong.case.case, "expected": wrong.case.expect, "found": wrong.found,
            },
            code="examples_fail",
        )  # fmt: skip


@action("rules.simulate", title=gettext_lazy("试算规则草稿"))
def simulate(act: Act, *, draft: UUID, area: str = "") -> dict[str, Any]:
    """Begin to run a draft on the register beside the version it would replace; `work_simulation` does it."""
    row = draft_of(draft, "draft", "proposed")
    home(act, row.rule)
    if shipped(row.rule).over != "facts":
        raise Refused(_("这条规则不对人和户认定，不需要试算。"), code="not_simulated")
    checked(row)
    place = str(AreaCode.parse(area or settings.PROVINCE))
    act.check_right(area=place)
    replaced = kept(act, in_force(row.rule, max(row.valid_from or act.today, act.today)), act.today)
    made = RuleSimulation.objects.create(
        draft=row, rule=row.rule, seal=row.seal, hash=shipped(row.rule).as_written(row.text).model.hash,
        against_number=replaced.number, against=replaced.hash, area=place, day=act.today, actor=act.actor.id,
        actor_label=act.actor.label, opened=act.now,
    )  # fmt: skip
    return {"simulation": made.id}


def simulated(row: RuleDraft, day: date) -> None:
    """Raise Refused where the draft as it stands was not simulated on the whole province beside what it replaces on a day."""
    if shipped(row.rule).over != "facts":
        return
    replaced = in_force(row.rule, day)
    rows = RuleSimulation.objects.filter(
        draft=row, seal=row.seal, state="done", area=str(AreaCode.parse(settings.PROVINCE))
    )
    if not rows.exists():
        raise Refused(
            _("请先对全省试算现在的草稿，看过谁会进来、谁会退出，再提请。"), code="not_simulated_yet"
        )
    if not rows.filter(against=replaced.hash).exists():
        raise Refused(
            _("试算时对照的版本到 %(day)s 已不是现行的（那时是第 %(n)s 版），请重新试算。")
            % {"day": day, "n": replaced.number},
            code="other_base",
        )


def day_of(act: Act, row: RuleDraft, asked: date | None) -> date:
    """The day a version is to count from; raise Refused where there is none, or it is past, or before one that is to come."""
    day = asked or row.valid_from
    if day is None:
        raise Refused(_("请写明从哪一天起施行。"), code="no_day", fields={"valid_from": _("请填写日期。")})
    if day < act.today:
        raise Refused(
            _("施行日期 %(day)s 已经过去。规则只能从今天或以后施行，不能追溯。") % {"day": day},
            code="day_past", fields={"valid_from": _("请填今天或以后的日期。")},
        )  # fmt: skip
    rows = Timeline(row.rule).rows
    if rows and rows[-1].valid_from > day:
        raise Refused(
            _("第 %(n)s 版将从 %(day)s 起施行。新版本不能早于它，请改日期，或先撤回那一版。")
            % {"n": rows[-1].number, "day": rows[-1].valid_from},
            code="before_coming", fields={"valid_from": _("早于将要施行的版本。")},
        )  # fmt: skip
    return day


def basis_of(row: RuleDraft, asked: str) -> str:
    """The legal basis; raise Refused where there is none."""
    basis = asked.strip() or row.basis
    if len(basis) < SHORTEST:
        raise Refused(
            _("请写明依据：文件名称、文号或条款。"), code="no_basis", fields={"basis": _("请填写依据。")}
        )
    return basis


@action("rules.propose", title=gettext_lazy("提请发布规则"))
def propose(
    act: Act, *, draft: UUID, revision: int, basis: str = "", valid_from: date | None = None, note: str = ""
) -> dict[str, Any]:
    """Sign a draft as it stands: sound, examples passed, simulated beside what it replaces; another person publishes it."""
    row = draft_of(draft, "draft")
    home(act, row.rule)
    if row.revision != revision:
        raise Refused(
            _("这份草稿在您打开之后已由他人（或另一个窗口）修改。请先刷新，再把您的改动加进去。"),
            code="changed_meanwhile",
        )
    day = day_of(act, row, valid_from)
    row.basis, row.valid_from, row.note = basis_of(row, basis), day, note.strip() or row.note
    checked(row)
    if shipped(row.rule).as_written(row.text).model.hash == in_force(row.rule, day).hash:
        raise Refused(_("草稿和现行版本说的是一回事，没有要发布的。"), code="no_change")
    simulated(row, day)
    row.state, row.signed, row.answer = "proposed", row.seal, ""
    row.proposer, row.proposer_label, row.proposed = act.actor.id, act.actor.label, act.now
    row.revision, row.changed = row.revision + 1, act.now
    row.save()
    act.note(rule=row.rule, seal=row.seal)
    return {"draft": row.id, "revision": row.revision, "seal": row.seal}


@action("rules.recall", title=gettext_lazy("收回提请的规则"))
def recall(act: Act, *, draft: UUID) -> dict[str, Any]:
    """The proposer takes a proposal back to go on with it."""
    row = draft_of(draft, "proposed", "draft")
    home(act, row.rule)
    if row.state == "proposed":
        if row.proposer != act.actor.id:
            raise NotAllowed(_("只有提请人可以收回。"), code="not_proposer")
        take_back(row)
        row.revision, row.changed = row.revision + 1, act.now
        row.save()
    return {"draft": row.id, "revision": row.revision}


@action("rules.turn_down", title=gettext_lazy("退回提请的规则"))
def turn_down(act: Act, *, draft: UUID, reason: str) -> dict[str, Any]:
    """Give a proposal back to its authors, with the reason."""
    row = draft_of(draft, "proposed")
    home(act, row.rule)
    if len(reason.strip()) < SHORTEST:
        raise Refused(_("请写明退回的理由。"), code="no_reason", fields={"reason": _("请填写理由。")})
    take_back(row)
    row.answer, row.revision, row.changed = reason.strip(), row.revision + 1, act.now
    row.save()
    return {"draft": row.id, "revision": row.revision}


@action("rules.publish", title=gettext_lazy("发布规则"))
def publish(
    act: Act, *, draft: UUID, seal: str, basis: str = "", valid_from: date | None = None
) -> dict[str, Any]:
    """Publish a proposal from a day on; `seal` is what the publisher read. A second press gives the same version back.

    Raises NotAllowed where the publisher wrote or proposed it, Refused in words where it changed since it was signed, the
    day is past, the basis is missing, or another version came between.
    """
    row = draft_of(draft, "proposed", "published")
    home(act, row.rule)
    if row.state == "published":
        made = RuleVersion.objects.get(draft_id=row.id)
        if made.publisher != act.actor.id or row.signed != seal:
            raise Refused(_("这份草稿已经发布，不能再改。"), code="draft_published")
        return {"version": made.number, "id": made.id}
    if act.actor.id == row.proposer or any(one["id"] == act.actor.id for one in row.authors):
        raise NotAllowed(
            _("起草或提请的人不能自己发布，须由另一位有发布权限的人发布。"), code="publishes_alone"
        )
    if seal != row.signed or seal_of(row.text, row.examples) != row.signed:
        raise Refused(_("草稿在提请之后变动过，请重新打开再看一遍。"), code="seal_changed")
    day = day_of(act, row, valid_from)
    basis = basis_of(row, basis)
    checked(row)
    simulated(row, day)
    before = kept(
        act, in_force(row.rule, act.today), act.today
    )  # what was in force keeps its number for ever
    file = shipped(row.rule).as_written(row.text)
    made = RuleVersion.objects.create(
        rule=row.rule, number=next_number(row.rule), title=file.model.name, hash=file.model.hash, text=row.text,
        language=file.model.dmn_namespace, examples=row.examples, origin=PUBLISHED, note=row.note, basis=basis,
        valid_from=day, adopted=act.now, draft_id=row.id, authors=row.authors, proposer=row.proposer,
        proposer_label=row.proposer_label, publisher=act.actor.id, publisher_label=act.actor.label, entry_id=act.entry,
    )  # fmt: skip
    row.state, row.closed, row.changed, row.basis, row.valid_from = "published", act.now, act.now, basis, day
    row.save()
    act.note(rule=row.rule, number=made.number, hash=made.hash, replaces=before.number, signed=row.signed)
    return {"version": made.number, "id": made.id}


@action("rules.withdraw", title=gettext_lazy("撤回未施行的规则"))
def withdraw(act: Act, *, rule: str, number: int, reason: str) -> dict[str, Any]:
    """Take a published version back before its day; it stays readable and will never be in force."""
    home(act, rule)
    lock(rule)
    row = numbered(rule, number)
    if RuleWithdrawal.objects.filter(version=row).exists():
        return {"version": row.number}
    if row.origin != PUBLISHED or row.valid_from <= act.today:
        raise Refused(
            _("这一版已经施行，不能撤回。要改回去，请从先前的版本起草，再发布。"), code="in_force_already"
        )
    if len(reason.strip()) < SHORTEST:
        raise Refused(_("请写明撤回的理由。"), code="no_reason", fields={"reason": _("请填写理由。")})
    RuleWithdrawal.objects.create(
        version=row,
        at=act.now,
        by=act.actor.id,
        by_label=act.actor.label,
        reason=reason.strip(),
        entry_id=act.entry,
    )
    return {"version": row.number}


# A simulation while it is worked off


def begin_simulation(id: UUID) -> bool:
    """Take a simulation that waits; False where another took it or it was stopped."""
    return bool(RuleSimulation.objects.filter(id=id, state="waiting").update(state="running"))


def advance_simulation(id: UUID, done: int, total: int) -> bool:
    """Write down how far it is; False where it was stopped meanwhile."""
    return bool(RuleSimulation.objects.filter(id=id, state="running").update(done=done, total=total))


def finish_simulation(id: UUID, found: Simulation) -> None:
    """Keep what came out; nothing of it changes from here on."""
    RuleSimulation.objects.filter(id=id, state="running").update(
        state="done", closed=clock.now(), generation=found.generation, as_of=found.as_of, subjects=found.subjects,
        placeless=found.placeless, default=found.default, counts=found.flows, cost_basis=found.cost_basis,
        costs=[{"outcome": name, "yearly": str(each)} for name, each in sorted(found.costs.items())],
        seconds=found.seconds,
    )  # fmt: skip


def fail_simulation(id: UUID, error: str) -> None:
    """Keep why a simulation could not be done."""
    RuleSimulation.objects.filter(id=id, state="running").update(
        state="failed", error=error, closed=clock.now()
    )


@action("rules.stop_simulation", title=gettext_lazy("停止试算"))
def stop_simulation(act: Act, *, simulation: UUID) -> dict[str, Any]:
    """Have a simulation end before its next part."""
    row = RuleSimulation.objects.select_for_update().filter(id=simulation).first()
    if row is None:
        raise NotFound(_("没有找到这次试算。"), code="no_simulation")
    home(act, row.rule)
    if row.state in ("waiting", "running"):
        row.state, row.closed = "stopped", act.now
        row.save(update_fields=["state", "closed"])
    return {"simulation": row.id, "state": row.state}
