"""How each action of the service is called validly: `tests/conformance/test_killed.py` calls it and kills the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from huimin.core.access import api as access
from huimin.core.people import api as people
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.services.poverty import actions, demo
from huimin.services.poverty.demo.bulk import Bulk
from huimin.services.poverty.tests.arrange import PHOTO, SECURE

Scene = tuple[Any, dict[str, Any]]
WHY = "家里有人生病花费很大"
START = datetime(
    2026, 8, 3, 1, tzinfo=UTC
)  # applications of the scenes; each step is a day or a notice later


def _line(world: Any) -> None:
    for year in (2025, 2026):
        actions.set_line(
            world.system, key=f"scene/{year}", province=world.province, year=year, amount=Decimal(8200), document="测试文件"
        )  # fmt: skip


def _survey(procedure: str) -> dict[str, Any]:
    return {
        "procedure": UUID(procedure), "year": 2025, "members": 1, "amounts": {"wages": Decimal(7000)}, "guarantees": SECURE,
    }  # fmt: skip


def _meeting(world: Any, *procedures: str) -> dict[str, Any]:
    return {
        "programme": actions.CODE, "direction": "entry", "area": world.village, "held_on": clock.today(), "place": "村委会",
        "chair": "主任", "eligible": 9, "present": 9, "procedures": tuple(UUID(p) for p in procedures),
    }  # fmt: skip


def _notice(step: str, area: str, procedure: str) -> dict[str, Any]:
    return {
        "programme": actions.CODE, "direction": "entry", "step": step, "area": area, "place": "公开栏",
        "procedures": (UUID(procedure),), "start": clock.today(),
    }  # fmt: skip


def _at(world: Any, step: str) -> dict[str, str]:
    """Take a new household along the way until it stands at a step; what was made: household, procedure, meeting, notices."""
    system, made = world.system, {"household": str(world.household())}
    _line(world)
    with clock.at(START):
        done = actions.apply(
            system, household=UUID(made["household"]), cause="illness", text=WHY, authorised=True
        )
        made["procedure"] = procedure = done["procedure"]
        if step == "survey":
            return made
        actions.survey(system, **_survey(procedure))
        if step == "review":
            return made
        made["meeting"] = actions.hold_review(system, **_meeting(world, procedure))["meeting"]
        if step == "votes":
            return made
        vote = {"meeting": UUID(made["meeting"]), "procedure": UUID(procedure), "agree": 9, "against": 0}
        actions.record_votes(system, **vote, abstain=0)
        if step == "minutes":
            return made
        actions.close_review(system, meeting=UUID(made["meeting"]), minutes="会议讨论了名单上的各户情况。")
    if step == "notice1":
        return made
    steps = (
        ("notice1", actions.post_first_notice, world.village, "check", actions.check),
        ("notice2", actions.post_second_notice, world.township, "approve", actions.approve),
    )
    day = 1
    for notice, post, area, following, check in steps:
        if step == notice:
            return made
        with clock.at(START + timedelta(days=day)):
            made["notice"] = post(system, **_notice(notice, area, procedure))["notice"]
        if step == f"{notice} is up":
            return made
        with clock.at(START + timedelta(days=day + 8)):
            actions.close_notice(system, notice=UUID(made["notice"]))
            if step == following:
                return made
            check(system, procedure=UUID(procedure), verdict="approve")
        day += 9
    with clock.at(START + timedelta(days=day)):
        if step == "announce":
            return made
        actions.announce(system, **_notice("announce", world.county, procedure))
    found = programmes.enrolment_of(UUID(made["household"]), actions.CODE)
    assert found is not None
    made["enrolment"] = str(found.id)
    return made


def _enrolled(world: Any) -> UUID:
    return UUID(_at(world, "in")["enrolment"])


def _disputed(world: Any) -> dict[str, str]:
    """A household on a notice of today with an objection to it."""
    made = _at(world, "notice1")
    made["notice"] = actions.post_first_notice(
        world.system, **_notice("notice1", world.village, made["procedure"])
    )["notice"]
    made["objection"] = actions.object_to(
        access.PUBLIC, notice=UUID(made["notice"]), row=0, text="这户的情况与名单不符"
    )["objection"]
    return made


def load_demo(world: Any) -> Scene:
    families = people.families(world.county)
    officer = demo.bulk.Officer(id=_officer(world), name="李干部", unit="村委会", phone="")
    everywhere = {f.division_code: officer for f in families}
    dense = demo.dense(families)
    demo._bulk.set((Bulk(families, dense, {}, everywhere, clock.today()), lambda *_heard: None))
    demo.lines(world.system)
    return world.system, {"area": world.province}


def _officer(world: Any) -> UUID:
    office = access.open_office(world.system, name="村委会", area=world.village)["office"]
    made = access.appoint(
        world.system,
        office=UUID(office),
        username=f"scene{world.number()}",
        name="李干部",
        start=START.date(),
    )
    return UUID(made["officer"])


def apply(world: Any) -> Scene:
    return world.system, {
        "household": world.household(),
        "cause": "illness",
        "text": WHY,
        "authorised": True,
    }


def _alert(world: Any) -> dict[str, Any]:
    number = world.id_number()
    world.household(id_number=number)
    return {
        "id_number": number, "kind": "medical", "department": "医保局", "detail": "住院费用", "on": clock.today(),
        "amount": Decimal(50000),
    }  # fmt: skip


def raise_alert(world: Any) -> Scene:
    return world.system, _alert(world)


def dismiss_alert(world: Any) -> Scene:
    made = actions.raise_alert(world.system, **_alert(world))
    return world.system, {"alert": UUID(made["alert"]), "outcome": "已由医保报销"}


def survey(world: Any) -> Scene:
    return world.system, _survey(_at(world, "survey")["procedure"])


def _risk(household: UUID) -> dict[str, Any]:
    return {"household": household, "cause": "disaster", "since": clock.today(), "detail": "雹灾"}


def add_risk(world: Any) -> Scene:
    return world.system, _risk(world.household())


def remove_risk(world: Any) -> Scene:
    made = actions.add_risk(world.system, **_risk(world.household()))
    return world.system, {"risk": UUID(made["risk"]), "on": clock.today(), "how": "已获保险赔付"}


def update_facts(world: Any) -> Scene:
    return world.system, {
        "household": world.household(), "year": 2025, "members": 1, "amounts": {"wages": Decimal(9000)},
        "guarantees": {"water": False},
    }  # fmt: skip


def hold_review(world: Any) -> Scene:
    return world.system, _meeting(world, _at(world, "review")["procedure"])


def record_votes(world: Any) -> Scene:
    made = _at(world, "votes")
    return world.system, {
        "meeting": UUID(made["meeting"]), "procedure": UUID(made["procedure"]), "agree": 8, "against": 1, "abstain": 0,
    }  # fmt: skip


def write_minutes(world: Any) -> Scene:
    return world.system, {"meeting": UUID(_at(world, "votes")["meeting"]), "minutes": "讨论了各户情况"}


def close_review(world: Any) -> Scene:
    return world.system, {
        "meeting": UUID(_at(world, "minutes")["meeting"]),
        "minutes": "会议讨论了名单上的各户情况。",
    }


def cancel_review(world: Any) -> Scene:
    return world.system, {"meeting": UUID(_at(world, "votes")["meeting"]), "reason": "到会人数不足"}


def post_first_notice(world: Any) -> Scene:
    return world.system, _notice("notice1", world.village, _at(world, "notice1")["procedure"])


def post_second_notice(world: Any) -> Scene:
    return world.system, _notice("notice2", world.township, _at(world, "notice2")["procedure"])


def announce(world: Any) -> Scene:
    return world.system, _notice("announce", world.county, _at(world, "announce")["procedure"])


def close_notice(world: Any) -> Scene:
    return world.system, {"notice": UUID(_at(world, "notice1 is up")["notice"])}


def object(world: Any) -> Scene:
    made = _at(world, "notice1")
    posted = actions.post_first_notice(world.system, **_notice("notice1", world.village, made["procedure"]))
    return access.PUBLIC, {
        "notice": UUID(posted["notice"]),
        "row": 0,
        "text": "这户的情况与名单不符",
        "contact": "13900000000",
    }


def settle_objection(world: Any) -> Scene:
    return world.system, {
        "objection": UUID(_disputed(world)["objection"]),
        "upheld": True,
        "outcome": "经核实情况不符",
    }


def check(world: Any) -> Scene:
    return world.system, {"procedure": UUID(_at(world, "check")["procedure"]), "verdict": "approve"}


def approve(world: Any) -> Scene:
    return world.system, {
        "procedure": UUID(_at(world, "approve")["procedure"]),
        "verdict": "refuse",
        "reason": "收入已高于监测线",
    }


def _bulk(world: Any) -> dict[str, Any]:
    """More households than are done while the officer waits: the worker is told of them."""
    some = tuple(UUID(int=n) for n in range(programmes.AT_ONCE))
    return {
        "programme": actions.CODE, "step": "poverty.approve", "area": world.county,
        "procedures": (UUID(_at(world, "approve")["procedure"]), *some), "arguments": {"verdict": "approve"},
    }  # fmt: skip


def start_bulk(world: Any) -> Scene:
    return world.system, _bulk(world)


def stop_bulk(world: Any) -> Scene:
    return world.system, {"run": UUID(actions.start_bulk(world.system, **_bulk(world))["run"])}


def continue_bulk(world: Any) -> Scene:
    run = UUID(actions.start_bulk(world.system, **_bulk(world))["run"])
    actions.stop_bulk(world.system, run=run)
    return world.system, {"run": run}


def withdraw(world: Any) -> Scene:
    return world.system, {"procedure": UUID(_at(world, "survey")["procedure"]), "reason": "家里情况已好转"}


def assign(world: Any) -> Scene:
    return world.system, {"enrolment": _enrolled(world), "officer": _officer(world), "start": clock.today()}


def _measure(world: Any) -> dict[str, Any]:
    return {
        "enrolment": _enrolled(world), "kind": "industry", "title": "养牛", "cost": Decimal(8000), "fund": "衔接资金",
        "start": clock.today(),
    }  # fmt: skip


def add_measure(world: Any) -> Scene:
    return world.system, _measure(world)


def finish_measure(world: Any) -> Scene:
    made = actions.add_measure(world.system, **_measure(world))
    return world.system, {"measure": UUID(made["measure"]), "result": "出栏 2 头", "on": clock.today()}


def visit(world: Any) -> Scene:
    return world.system, {
        "enrolment": _enrolled(world),
        "on": clock.today(),
        "met": "王秀兰",
        "found": "收入增加",
    }


def suspend(world: Any) -> Scene:
    return world.system, {"enrolment": _enrolled(world), "reason": "外出务工一年"}


def resume(world: Any) -> Scene:
    enrolment = _enrolled(world)
    actions.suspend(world.system, enrolment=enrolment, reason="外出务工一年")
    return world.system, {"enrolment": enrolment}


def attach(world: Any) -> Scene:
    home = world.household()
    return world.system, {
        "of_kind": "visit",
        "of_id": home,
        "household": home,
        "name": "a.jpg",
        "content": PHOTO,
    }


def propose_exit(world: Any) -> Scene:
    return world.system, {
        "household": UUID(_at(world, "in")["household"]),
        "text": "收入稳定，风险消除",
    }


def _appeal(world: Any) -> UUID:
    made = actions.appeal(world.system, household=world.household(), text="对监测类型有不同意见")
    return UUID(made["case"])


def appeal(world: Any) -> Scene:
    return world.system, {"household": world.household(), "text": "对监测类型有不同意见"}


def accept_appeal(world: Any) -> Scene:
    return world.system, {"case": _appeal(world)}


def answer_appeal(world: Any) -> Scene:
    return world.system, {"case": _appeal(world), "upheld": True, "text": "重新入户调查后认定"}


def withdraw_appeal(world: Any) -> Scene:
    return world.system, {"case": _appeal(world)}


def keep_message(world: Any) -> Scene:
    return world.system, {"household": world.household(), "title": "申请已受理", "text": "请保持电话畅通。"}


def read_messages(world: Any) -> Scene:
    home = world.household()
    actions.keep_message(world.system, household=home, title="申请已受理", text="请保持电话畅通。")
    return world.system, {"household": home}


def set_line(world: Any) -> Scene:
    return world.system, {
        "province": world.province, "year": 2024, "amount": Decimal(7700), "document": "测试文件"
    }  # fmt: skip


def export(world: Any) -> Scene:
    return world.system, {"area": world.county, "list_name": "households", "filters": {}, "rows": 3}


def note_print(world: Any) -> Scene:
    return world.system, {"household": world.household(), "parts": {"1": "0" * 64, "2": "1" * 64}}


def move_household(world: Any) -> Scene:
    return world.system, {
        "household": UUID(_at(world, "in")["household"]),
        "division_code": world.next_village(),
        "on": clock.today(),
    }


def _question(world: Any) -> dict[str, Any]:
    return {"field": next(iter(actions.GUIDE)), "text": f"怎样填写第{world.number()}项", "area": world.county}


def ask(world: Any) -> Scene:
    return world.system, _question(world)


def answer_question(world: Any) -> Scene:
    made = actions.ask(world.system, **_question(world))
    return world.system, {
        "question": UUID(made["question"]),
        "answer": "按上年实际数填写",
        "area": world.county,
    }


def import_facts(world: Any) -> Scene:
    from huimin.core.intake.tests.scenes import checked, chunk_of

    number = people.household(world.household()).number
    text = f"户编号,年度,家庭人口,工资性收入\n{number},2025,3,12000\n"
    return world.system, chunk_of(world, checked(world, target="poverty.income", text=text))
