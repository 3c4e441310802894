"""The only writer of targeted help. The steps of the way are the core's; here they get their names and rights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from huimin.core.cases import api as cases
from huimin.core.intake import api as intake
from huimin.core.journal.api import Act, action
from huimin.core.people import api as people
from huimin.core.people.types import HouseholdView
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Direction
from huimin.kit.area import Level
from huimin.kit.money import yuan
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused
from huimin.services.poverty.guide import GUIDE
from huimin.services.poverty.models import (
    Alert,
    AlertKind,
    Application,
    Cause,
    Guarantee,
    GuaranteeKind,
    Income,
    Line,
    Message,
    Printed,
    Profile,
    Question,
    Risk,
)

CODE = "poverty.monitoring"
AMOUNTS = ("wages", "business", "property", "transfers", "excluded", "cost")
MOST = Decimal("10000000")
ANSWER_DAYS = 15


def home_of(act: Act, household: UUID | str) -> HouseholdView:
    """The household in sight, named as the action's subject."""
    home = people.household(household)
    act.on(Ref.of("household", home.id), area=home.division_code)
    return home


def place_of(home: HouseholdView) -> dict[str, Any]:
    """The columns that every row about a household carries."""
    return {"household_id": home.id, "division_code": home.division_code, "group_no": home.group_no}


def profile_of(home: HouseholdView) -> Profile:
    """The household's profile, made when first needed."""
    row, _made = Profile.objects.get_or_create(household_id=home.id, defaults=place_of(home))
    return row


# Ways in


@action("poverty.apply", title=gettext_lazy("申请纳入帮扶"))
def apply(
    act: Act,
    *,
    household: UUID,
    cause: str,
    text: str,
    authorised: bool,
    route: str = "self",
    alert: UUID | None = None,
) -> dict[str, Any]:
    """Put a household forward: it applies itself, an officer found it, or another department's list named it."""
    home = home_of(act, household)
    wrong: dict[str, object] = {}
    if cause not in Cause.values:
        wrong["cause"] = _("请选择主要原因。")
    if len(text.strip()) < 6:
        wrong["text"] = _("请写明家里遇到的困难（至少六个字）。")
    if not authorised:
        wrong["authorised"] = _("需要同意核对家庭收入等信息，才能受理。")
    if wrong:
        raise Refused(_("申请没有提交，请改正标出的内容。"), code="invalid", fields=wrong)
    row = programmes.open_procedure(act, programme=CODE, household=home.id, route=route, note=text.strip())
    profile = profile_of(home)
    if profile.authorised_on is None:
        profile.authorised_on = act.today
        profile.save()
    Application.objects.create(
        **place_of(home), procedure=row, cause=cause, text=text.strip(), authorised=authorised, by_label=act.actor.label,
        at=act.now,
    )  # fmt: skip
    if alert is not None:
        found = Alert.objects.select_for_update().filter(id=alert, household_id=home.id).first()
        if found is None or found.state != "open":
            raise Refused(_("这条预警已经处理。"), code="settled")
        found.state, found.procedure, found.settled, found.settled_by = (
            "entered",
            row,
            act.now,
            act.actor.label,
        )
        found.save()
    act.emit("poverty.tell", household=home.id, title=gettext_noop("申请已受理"),
             text=gettext_noop("村里会在十天内入户调查，请保持电话畅通。"))  # fmt: skip
    return {"procedure": row.id}


@action("poverty.raise_alert", title=gettext_lazy("登记部门预警"), private=("id_number",))
def raise_alert(
    act: Act,
    *,
    id_number: str,
    kind: str,
    department: str,
    detail: str,
    on: date,
    amount: Decimal | None = None,
) -> dict[str, Any]:
    """Register one row of another department's list; the same row again changes nothing."""
    if kind not in AlertKind.values:
        raise Refused(_("预警类别“%(kind)s”不认识。") % {"kind": kind}, code="kind", fields={"kind": kind})
    person = people.find_by_number(id_number)
    home = people.household_of(person.id) if person else None
    if person is None or home is None:
        raise NotFound(
            _("没有在您的管辖范围内找到这个证件号码对应的在册人员。"),
            code="no_person",
            fields={"id_number": _("查无此人。")},
        )
    act.on(Ref.of("household", home.id), area=home.division_code)
    row, made = Alert.objects.get_or_create(
        household_id=home.id, kind=kind, on=on, detail=detail.strip()[:300],
        defaults={
            "division_code": home.division_code, "group_no": home.group_no, "department": department.strip()[:120],
            "person_name": person.name, "amount": yuan(amount) if amount is not None else None, "received": act.now,
        },
    )  # fmt: skip
    return {"alert": row.id, "made": made}


@action("poverty.dismiss_alert", title=gettext_lazy("预警核实为无风险"))
def dismiss_alert(act: Act, *, alert: UUID, outcome: str) -> dict[str, Any]:
    """Settle an alert after a visit that found no trouble, with what was found."""
    row = Alert.objects.select_for_update().filter(id=alert).first()
    if row is None:
        raise NotFound(_("没有找到这条预警。"), code="no_alert")
    act.on(Ref.of("household", row.household_id), area=row.division_code)
    if row.state != "open":
        raise Refused(_("这条预警已经处理。"), code="settled")
    if len(outcome.strip()) < 4:
        raise Refused(_("请写明核实情况。"), code="no_outcome", fields={"outcome": _("请写明核实情况。")})
    row.state, row.outcome, row.settled, row.settled_by = (
        "dismissed",
        outcome.strip(),
        act.now,
        act.actor.label,
    )
    row.save()
    return {"alert": row.id}


# The survey: facts with their source and date


def keep_income(
    act: Act, home: HouseholdView, year: int, amounts: Mapping[str, Decimal], members: int, source: str
) -> None:
    """Keep a year's income; the figure per head is computed by the database and nowhere else."""
    wrong: dict[str, object] = {}
    for name in AMOUNTS:
        value = amounts.get(name, Decimal(0))
        if value < 0 or value > MOST:
            wrong[name] = _("应在 0 到 1000 万元之间。")
    if not act.today.year - 3 <= year <= act.today.year:
        wrong["year"] = _("年度应在最近三年之内。")
    if not 1 <= members <= 30:
        wrong["members"] = _("家庭人口应在 1 到 30 人之间。")
    if wrong:
        raise Refused(_("收入没有保存，请改正标出的内容。"), code="invalid", fields=wrong)
    values = {name: yuan(amounts.get(name, Decimal(0))) for name in AMOUNTS}
    Income.objects.update_or_create(
        household_id=home.id, year=year,
        defaults={
            **values, "members": members, "surveyed_on": act.today, "source": source, "division_code": home.division_code,
            "group_no": home.group_no,
        },
    )  # fmt: skip


def keep_guarantees(
    act: Act, home: HouseholdView, found: Mapping[str, bool], by: str, notes: Mapping[str, str]
) -> None:
    """Keep what was found of each guarantee today; what is unchanged since is not written again."""
    known = {g.kind: g for g in Guarantee.objects.filter(household_id=home.id).order_by("on", "recorded")}
    for kind, secure in found.items():
        if kind not in GuaranteeKind.values:
            raise Refused(_("保障项目“%(kind)s”不认识。") % {"kind": kind}, code="kind")
        before = known.get(kind)
        if (
            before
            and before.secure == secure
            and before.on == act.today
            and before.note == notes.get(kind, "")
        ):
            continue
        Guarantee.objects.create(
            **place_of(home),
            kind=kind,
            secure=secure,
            on=act.today,
            found_by=by,
            note=notes.get(kind, ""),
            recorded=act.now,
        )


@action("poverty.survey", title=gettext_lazy("入户调查"))
def survey(
    act: Act, *, procedure: UUID, year: int, members: int, amounts: dict[str, Decimal], guarantees: dict[str, bool],
    notes: dict[str, str] | None = None, conclude: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Keep the survey's facts; concluded, the rule decides and the way goes on or ends with the reason."""
    _programme, row = programmes.lock(act, procedure)
    if row.state != "open":
        raise Refused(_("%(name)s户的办理已经办结，不能再操作。") % {"name": row.name}, code="closed")
    if row.step != "survey":
        raise Refused(_("%(name)s户现在不在入户调查这一步。") % {"name": row.name}, code="not_this_step")
    home = people.household(row.household_id)
    profile_of(home)
    by = _("入户调查：%(who)s") % {"who": act.actor.label}
    keep_income(act, home, year, amounts, members, by)
    keep_guarantees(act, home, guarantees, by, notes or {})
    application = Application.objects.filter(procedure=row).first()
    if (
        application
        and not Risk.objects.filter(
            household_id=home.id, cause=application.cause, until__isnull=True
        ).exists()
    ):
        Risk.objects.create(
            **place_of(home),
            cause=application.cause,
            detail=application.text[:300],
            since=act.today,
            source=by,
        )
    if not conclude:
        return {"procedure": row.id}
    missing = set(GuaranteeKind.values) - set(
        Guarantee.objects.filter(household_id=home.id).values_list("kind", flat=True)
    )
    if missing:
        raise Refused(
            _("还有没有调查的保障项目，请逐项选择。"), code="incomplete",
            fields={f"guarantee_{kind}": _("请选择有保障或没有保障。") for kind in missing},
        )  # fmt: skip
    result = programmes.conclude_survey(act, procedure=row.id)
    tell_outcome(act, home, row.direction, result)
    return {"procedure": row.id, **result}


def tell_outcome(act: Act, home: HouseholdView, direction: str, result: Mapping[str, Any]) -> None:
    """Tell the household what the survey led to."""
    if direction == Direction.ENTRY:
        passed = gettext_noop("已完成入户调查，将提交村民代表会议评议。")
        failed = gettext_noop("按现有情况暂不符合条件，点开可看原因，不同意可以申诉。")
    else:
        passed = gettext_noop("经核实风险已消除，将按程序办理退出。")
        failed = gettext_noop("经核实风险尚未消除，继续帮扶。")
    text = passed if result["passed"] else failed
    act.emit("poverty.tell", household=home.id, title=gettext_noop("入户调查结果"), text=text)


@action("poverty.add_risk", title=gettext_lazy("登记风险"))
def add_risk(
    act: Act, *, household: UUID, cause: str, detail: str = "", sudden: bool = False, loss: Decimal = Decimal(0), since: date,
    source: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Record a cause or risk of a household; a sudden one names what it cost."""
    home = home_of(act, household)
    wrong: dict[str, object] = {}
    if cause not in Cause.values:
        wrong["cause"] = _("请选择原因。")
    if since > act.today:
        wrong["since"] = _("日期不能晚于今天。")
    if loss < 0 or loss > MOST:
        wrong["loss"] = _("应在 0 到 1000 万元之间。")
    if sudden and loss == 0:
        wrong["loss"] = _("突发困难请填写支出或损失的金额。")
    if wrong:
        raise Refused(_("风险没有保存，请改正标出的内容。"), code="invalid", fields=wrong)
    profile_of(home)
    row = Risk.objects.create(
        **place_of(home), cause=cause, detail=detail.strip()[:300], sudden=sudden, loss=yuan(loss), since=since,
        source=source.strip()[:120] or _("入户调查：%(who)s") % {"who": act.actor.label},
    )  # fmt: skip
    return {"risk": row.id}


@action("poverty.remove_risk", title=gettext_lazy("风险消除"))
def remove_risk(act: Act, *, risk: UUID, on: date, how: str) -> dict[str, Any]:
    """Record that a risk is gone, from a day, and why."""
    row = Risk.objects.select_for_update().filter(id=risk).first()
    if row is None:
        raise NotFound(_("没有找到这项风险。"), code="no_risk")
    act.on(Ref.of("household", row.household_id), area=row.division_code)
    if row.until is not None:
        raise Refused(_("这项风险已经消除。"), code="closed")
    if not row.since <= on <= act.today:
        raise Refused(_("日期应在发生之后、今天之前。"), code="dates", fields={"on": _("日期不对。")})
    if len(how.strip()) < 4:
        raise Refused(_("请写明怎样消除的。"), code="no_reason", fields={"how": _("请写明怎样消除的。")})
    row.until, row.removed_by = on, how.strip()
    row.save()
    return {"risk": row.id}


@action("poverty.update_facts", title=gettext_lazy("更新收入和保障"))
def update_facts(
    act: Act, *, household: UUID, year: int | None = None, members: int = 0, amounts: dict[str, Decimal] | None = None,
    guarantees: dict[str, bool] | None = None, notes: dict[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Keep what changed at a household that is being helped, on any day of the year."""
    home = home_of(act, household)
    profile_of(home)
    by = _("走访核实：%(who)s") % {"who": act.actor.label}
    if amounts is not None and year is not None:
        keep_income(act, home, year, amounts, members or home.size, by)
    keep_guarantees(act, home, guarantees or {}, by, notes or {})
    return {"household": home.id}


import_facts = action("poverty.import_facts", title=gettext_lazy("导入收入、保障和风险"))(intake.store_chunk)

# The way: the core's steps under this service's rights

hold_review = action("poverty.hold_review", title=gettext_lazy("召开民主评议"))(programmes.open_meeting)
record_votes = action("poverty.record_votes", title=gettext_lazy("记录表决"))(programmes.record_votes)
write_minutes = action("poverty.write_minutes", title=gettext_lazy("记录会议"))(programmes.write_minutes)
close_review = action("poverty.close_review", title=gettext_lazy("结束民主评议"))(programmes.close_meeting)
cancel_review = action("poverty.cancel_review", title=gettext_lazy("取消民主评议"))(programmes.cancel_meeting)
post_first_notice = action("poverty.post_first_notice", title=gettext_lazy("张贴第一次公示"))(
    programmes.post_notice
)
post_second_notice = action("poverty.post_second_notice", title=gettext_lazy("张贴第二次公示"))(
    programmes.post_notice
)
announce = action("poverty.announce", title=gettext_lazy("发布公告"))(programmes.post_notice)
close_notice = action("poverty.close_notice", title=gettext_lazy("公示结束"))(programmes.close_notice)
object_to = action("poverty.object", title=gettext_lazy("对公示提出异议"), private=("contact",))(
    programmes.object_to
)
settle_objection = action("poverty.settle_objection", title=gettext_lazy("处理异议"))(
    programmes.settle_objection
)
check = action("poverty.check", title=gettext_lazy("乡镇审核"))(programmes.check)
start_bulk = action("poverty.start_bulk", title=gettext_lazy("批量办理"))(programmes.start_bulk)
stop_bulk = action("poverty.stop_bulk", title=gettext_lazy("停止批量办理"))(programmes.stop_bulk)
continue_bulk = action("poverty.continue_bulk", title=gettext_lazy("继续批量办理"))(programmes.continue_bulk)
approve = action("poverty.approve", title=gettext_lazy("县级审批"))(programmes.check)
withdraw = action("poverty.withdraw", title=gettext_lazy("撤回申请"))(programmes.withdraw)
assign = action("poverty.assign", title=gettext_lazy("落实帮扶责任人"))(programmes.assign)
add_measure = action("poverty.add_measure", title=gettext_lazy("登记帮扶措施"))(programmes.add_measure)
finish_measure = action("poverty.finish_measure", title=gettext_lazy("帮扶措施完成"))(
    programmes.finish_measure
)
visit = action("poverty.visit", title=gettext_lazy("入户走访"))(programmes.visit)
suspend = action("poverty.suspend", title=gettext_lazy("暂停帮扶"))(programmes.suspend)
resume = action("poverty.resume", title=gettext_lazy("恢复帮扶"))(programmes.resume)


@action("poverty.attach", title=gettext_lazy("上传照片"))
def attach(
    act: Act,
    *,
    of_kind: str,
    of_id: UUID,
    household: UUID | None = None,
    area: str = "",
    name: str,
    content: bytes,
) -> dict[str, Any]:
    """Keep a photo of a visit, a notice or a meeting."""
    if household is not None:
        home = home_of(act, household)
        area = home.division_code
    else:
        act.on(Ref.of("division", area), area=area)
    return programmes.attach(
        act, of_kind=of_kind, of_id=of_id, area=area, name=name, content=content, household=household
    )


@action("poverty.propose_exit", title=gettext_lazy("提出退出"))
def propose_exit(act: Act, *, household: UUID, text: str) -> dict[str, Any]:
    """Start a household's way out: the survey is done again, and the rule decides whether the risk is gone."""
    home = home_of(act, household)
    if len(text.strip()) < 6:
        raise Refused(
            _("请写明提出退出的理由（至少六个字）。"), code="no_reason", fields={"text": _("请写明理由。")}
        )
    row = programmes.open_procedure(
        act, programme=CODE, household=home.id, direction=Direction.EXIT, route="officer", note=text.strip()
    )
    return {"procedure": row.id}


# Appeals and messages


@action("poverty.appeal", title=gettext_lazy("申诉"))
def appeal(act: Act, *, household: UUID, text: str, about: str = "") -> dict[str, Any]:
    """The household disagrees with a decision; the county answers in writing within fifteen working days."""
    home = home_of(act, household)
    row = cases.open_case(
        act, kind="appeal", topic=str(_("对监测帮扶决定的申诉")), subject=Ref.of("household", home.id), name=home.head_name,
        area=home.division_code, group=home.group_no, text=text, level=int(Level.COUNTY), days=ANSWER_DAYS, about=about,
    )  # fmt: skip
    return {"case": row.id, "number": row.number}


accept_appeal = action("poverty.accept_appeal", title=gettext_lazy("受理申诉"))(cases.accept)


@action("poverty.answer_appeal", title=gettext_lazy("答复申诉"))
def answer_appeal(act: Act, *, case: UUID, upheld: bool, text: str) -> dict[str, Any]:
    """Answer an appeal in writing; upheld, the household is put forward again and its survey done anew."""
    result = cases.answer(act, case=case, upheld=upheld, text=text)
    found = cases.case(case)
    if found is None:
        raise NotFound(_("没有找到这件申诉。"), code="no_case")
    household = Ref.parse(found.subject).id
    if upheld:
        open_now = Application.objects.filter(household_id=household, procedure__state="open").exists()
        helped = programmes.is_enrolled(CODE, household)
        if not open_now and not helped:
            row = programmes.open_procedure(
                act, programme=CODE, household=UUID(household), route="appeal", note=text.strip()
            )
            result["procedure"] = row.id
    title = gettext_noop("申诉成立") if upheld else gettext_noop("申诉已答复")
    act.emit("poverty.tell", household=household, title=title, text=text.strip())
    return result


@action("poverty.withdraw_appeal", title=gettext_lazy("撤回申诉"))
def withdraw_appeal(act: Act, *, case: UUID) -> dict[str, Any]:
    """The household takes its appeal back."""
    return cases.withdraw(act, case=case)


@action("poverty.keep_message", title=gettext_lazy("送达消息"))
def keep_message(act: Act, *, household: UUID, title: str, text: str) -> None:
    """Put a message on the household's page; the same one again changes nothing."""
    home = home_of(act, household)
    Message.objects.get_or_create(
        key=act.key, defaults={**place_of(home), "at": act.now, "title": title[:120], "text": text}
    )


@action("poverty.read_messages", title=gettext_lazy("阅读消息"))
def read_messages(act: Act, *, household: UUID) -> None:
    """The household has read what it was told."""
    home = home_of(act, household)
    Message.objects.filter(household_id=home.id, read__isnull=True).update(read=act.now)


@action("poverty.set_line", title=gettext_lazy("设定监测范围线"))
def set_line(
    act: Act, *, province: str, year: int, amount: Decimal, document: str, is_demo: bool = False
) -> dict[str, Any]:
    """Set a province's income line for a year, with the document it rests on."""
    act.on(Ref.of("division", province), area=province)
    if not Decimal(1000) <= amount <= Decimal(100000):
        raise Refused(
            _("监测范围线应在 1,000 到 100,000 元之间。"), code="amount", fields={"amount": _("请核对金额。")}
        )
    if not document.strip():
        raise Refused(_("请写明文件依据。"), code="document", fields={"document": _("请写明文件名和文号。")})
    row, _made = Line.objects.update_or_create(
        province=province,
        year=year,
        defaults={"amount": yuan(amount), "document": document.strip(), "is_demo": is_demo},
    )
    return {"line": row.id}


@action("poverty.note_print", title=gettext_lazy("打印帮扶手册"))
def note_print(act: Act, *, household: UUID, parts: dict[str, str]) -> dict[str, Any]:
    """Remember which parts of the handbook a household has on paper now: part number → digest of what stands on it."""
    home = home_of(act, household)
    if not parts or not all(one in "123456" and len(one) == 1 for one in parts):
        raise Refused(_("请选择要打印的部分（第 1 到第 6 部分）。"), code="parts")
    for number, digest in parts.items():
        Printed.objects.update_or_create(
            household_id=home.id,
            part=int(number),
            defaults={**place_of(home), "digest": digest[:64], "at": act.now, "by": act.actor.label},
        )
    return {"parts": sorted(parts)}


# The household moves: its file goes with it


@action("poverty.move_household", title=gettext_lazy("迁移帮扶档案"), private=("address",))
def move_household(
    act: Act, *, household: UUID, division_code: str, group_no: int = 0, address: str = "", on: date
) -> dict[str, Any]:
    """Move a household to another village with everything this service knows of it; decisions stay as they were made."""
    home = home_of(act, household)
    done = people.move_household(
        act.actor, key=f"{act.key}/home", household=home.id, division_code=division_code, group_no=group_no,
        address=address, on=on,
    )  # fmt: skip
    act.on(Ref.of("household", home.id), area=division_code)
    programmes.follow_move(act, household=home.id, area=division_code, group=group_no)
    for model in (Profile, Income, Guarantee, Risk, Application, Alert, Message):
        model.objects.filter(household_id=home.id).update(division_code=division_code, group_no=group_no)
    return done


# How to fill a field: asked once, answered for all


@action("poverty.ask", title=gettext_lazy("询问填写口径"))
def ask(act: Act, *, field: str, text: str, area: str) -> dict[str, Any]:
    """Ask how a field of the survey is meant; a question that was asked already is returned with its answer."""
    act.on(Ref.of("division", area), area=area)
    if field not in GUIDE:
        raise Refused(_("没有这个填写项。"), code="field")
    if len(text.strip()) < 4:
        raise Refused(
            _("请写明要问什么（至少四个字）。"), code="no_text", fields={"text": _("请写明要问什么。")}
        )
    row, _made = Question.objects.get_or_create(
        field=field, text=text.strip()[:300], defaults={"asked_by": act.actor.label, "asked": act.now}
    )
    return {"question": row.id}


@action("poverty.answer_question", title=gettext_lazy("答复填写口径"))
def answer_question(act: Act, *, question: UUID, answer: str, area: str) -> dict[str, Any]:
    """Answer a question for everybody; a later answer takes the place of the former, which the journal keeps."""
    act.on(Ref.of("division", area), area=area)
    row = Question.objects.select_for_update().filter(id=question).first()
    if row is None:
        raise NotFound(_("没有找到这个问题。"), code="no_question")
    if len(answer.strip()) < 4:
        raise Refused(_("请写明答复（至少四个字）。"), code="no_answer", fields={"answer": _("请写明答复。")})
    act.note(before=row.answer)
    row.answer, row.answered_by, row.answered = answer.strip(), act.actor.label, act.now
    row.save()
    return {"question": row.id}
