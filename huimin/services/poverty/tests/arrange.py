"""Rows of every kind in one village, for the conformance suite: what no officer of another place may see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.test import override_settings

from huimin.core.access import api as access
from huimin.core.insight import actions as insight
from huimin.core.insight.api import INDICATORS
from huimin.core.intake import api as intake
from huimin.core.journal import api as journal
from huimin.core.people import api as people
from huimin.core.people import idnumber
from huimin.core.people.types import Sex
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.kit import clock
from huimin.services.poverty import actions

SECRET = ("欧阳雪莲", "司徒云峰", "诸葛秋实", "端木清源")
PHOTO = b"\xff\xd8\xff" + b"a photo of a house" * 20
NUMBER = idnumber.make(date(1970, 5, 1), Sex.FEMALE, 7)
SECURE = dict.fromkeys(("food", "clothing", "schooling", "medical", "housing", "water"), True)


def household(system: Any, area: str, name: str, place: int, number: str = "") -> UUID:
    """A household of one, with an address and perhaps a number."""
    with override_settings(DEMO=True):  # a number that no real person can have
        head = people.register_person(
            system, key=f"arrange/{name}", name=name, sex="female", birth_date=date(1970, 5, 1), division_code=area,
            group_no=3, **({"id_number": number} if number else {}),
        )["person"]  # fmt: skip
    made = people.register_household(
        system, key=f"arrange/home/{name}", head=UUID(head), division_code=area, group_no=3, address=f"秘密巷{place}号",
        on=date(2010, 1, 1),
    )  # fmt: skip
    return UUID(made["household"])


def walk(system: Any, area: str, homes: list[UUID]) -> list[str]:
    """Take households to enrolment, each stopping one step before the next; the first goes all the way."""
    county, township = area[:6] + "000000", area[:9] + "000"
    start = datetime(2026, 9, 1, 1, tzinfo=UTC)
    procedures: list[str] = []
    with clock.at(start):
        today = clock.today()
        for home in homes:
            made = actions.apply(
                system, household=home, cause="illness", text="家里有人生病花费很大", authorised=True
            )
            procedures.append(made["procedure"])
            actions.survey(
                system, procedure=UUID(made["procedure"]), year=2025, members=1, amounts={"wages": Decimal(7000)},
                guarantees=SECURE,
            )  # fmt: skip
        meeting = {
            "programme": actions.CODE, "direction": "entry", "area": area, "held_on": today, "place": "村委会", "chair": "主任",
            "eligible": 9, "present": 9,
        }  # fmt: skip
        held = actions.hold_review(system, **meeting, procedures=tuple(UUID(p) for p in procedures[:2]))[
            "meeting"
        ]
        actions.hold_review(system, **meeting, procedures=tuple(UUID(p) for p in procedures[2:3]))
        for procedure in procedures[:2]:
            actions.record_votes(
                system, meeting=UUID(held), procedure=UUID(procedure), agree=9, against=0, abstain=0
            )
        actions.close_review(system, meeting=UUID(held), minutes="会议讨论了名单上的各户情况。")
    notice = {"programme": actions.CODE, "direction": "entry", "place": "公开栏"}
    one = (UUID(procedures[0]),)
    with clock.at(start + timedelta(days=1)):
        first = actions.post_first_notice(
            system, **notice, step="notice1", area=area, procedures=one, start=clock.today()
        )["notice"]
    with clock.at(start + timedelta(days=9)):
        actions.close_notice(system, notice=UUID(first))
        actions.check(system, procedure=one[0], verdict="approve")
        second = actions.post_second_notice(
            system, **notice, step="notice2", area=township, procedures=one, start=clock.today()
        )["notice"]
    with clock.at(start + timedelta(days=18)):
        actions.close_notice(system, notice=UUID(second))
        actions.approve(system, procedure=one[0], verdict="approve")
        actions.announce(system, **notice, step="announce", area=county, procedures=one, start=clock.today())
    posted = actions.post_first_notice(
        system, **notice, step="notice1", area=area, procedures=(UUID(procedures[1]),), start=clock.today()
    )["notice"]
    actions.object_to(access.PUBLIC, notice=UUID(posted), row=0, text="这户的情况与名单不符")
    return procedures


def figures(system: Any, area: str) -> None:
    """A figure of the village, and how its officer did."""
    taken = datetime(2026, 11, 22, 1, tzinfo=UTC)
    counted = insight.Batch(
        generation="1", known_on=date(2026, 11, 22), as_of=taken,
        values={"poverty.lacking": [(area, "", Decimal(1), None, True, True)]},
        assessed=[
            {
                "kind": "officer", "subject": "秘密", "name": "宇文拓", "area": area, "score": Decimal(90), "grade": "good",
                "rank": 1, "hits": [], "facts": [],
            }
        ],
    )  # fmt: skip
    asked = {"service": "poverty", "area": "620000000000", "period": "2026", "generation": "1"}
    version = INDICATORS["poverty.lacking"].version
    with insight.storing(counted):
        insight.keep_figures(system, **asked, versions={"poverty.lacking": version})
        insight.keep_assessments(system, **asked, rule="poverty.assessment", version="1")
    insight.freeze_report(system, service="poverty", area=area, period="2026")


def arrange(system: Any, area: str) -> tuple[str, ...]:
    """Fill the village with rows of every model; return the texts that must not be seen elsewhere."""
    if not places.exists(area):
        places.import_package(within=area[:6] + "000000")
    for year in (2025, 2026):
        actions.set_line(
            system, province="620000000000", year=year, amount=Decimal(8200), document="演示文件"
        )
    homes = [household(system, area, name, n, NUMBER if n == 0 else "") for n, name in enumerate(SECRET)]
    walk(system, area, homes[:3])
    today = clock.today()
    office = access.open_office(system, name="秘密村委会", area=area)["office"]
    officer = access.appoint(system, office=UUID(office), username=f"o{area}", name="宇文拓", start=today)[
        "officer"
    ]
    with access.acting_as(system):
        enrolment = programmes.enrolment_of(homes[0], actions.CODE)
        assert enrolment is not None
    actions.assign(system, enrolment=enrolment.id, officer=UUID(officer), start=today)
    actions.add_measure(
        system,
        enrolment=enrolment.id,
        kind="industry",
        title="秘密养殖项目",
        cost=Decimal(9),
        fund="衔接资金",
        start=today,
    )
    visit = actions.visit(system, enrolment=enrolment.id, on=today, met="欧阳雪莲", found="秘密走访记录")[
        "visit"
    ]
    actions.attach(
        system, of_kind="visit", of_id=UUID(visit), household=homes[0], name="house.jpg", content=PHOTO
    )
    actions.add_risk(system, household=homes[0], cause="disaster", since=today, detail="秘密灾情")
    actions.note_print(system, household=homes[0], parts={"1": "0" * 64})
    actions.appeal(system, household=homes[3], text="秘密申诉的内容在这里")
    actions.raise_alert(
        system,
        id_number=NUMBER,
        kind="medical",
        department="医保局",
        detail="秘密住院费用",
        on=today,
        amount=Decimal(50000),
    )
    waiting = {"direction": "entry", "step": "survey"}
    actions.propose_exit(system, household=homes[0], text="收入稳定，风险消除")
    actions.start_bulk(
        system, programme=actions.CODE, step="poverty.check", area=area, everything=waiting | {"direction": "exit"},
        arguments={"verdict": "approve"},
    )  # fmt: skip
    intake.open_run(
        system, run=uuid4(), target="people", name="秘密名单.csv", format="csv", size=9, digest="0" * 64, source="秘密来源",
        headings=("秘密列",), rows=1, area=area,
    )  # fmt: skip
    with access.acting_as(system):
        head = people.household(homes[0]).head
        assert head is not None
        people.propose_change(system, person=head, changes={"phone": "13900000000"}, source="公安局")
        journal.drain()
    figures(system, area)
    return (*SECRET, NUMBER, "秘密")
