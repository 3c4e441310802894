"""Certificates of real decisions: by one, by a survey, by a run on everyone; read by whom they are about and nobody else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.credentials import api as credentials
from huimin.core.credentials import proof
from huimin.core.people import api as people
from huimin.core.places import api as places
from huimin.core.rules import api as rules
from huimin.kit.ref import Ref
from huimin.services.poverty import actions
from huimin.services.poverty.queries import reasoning


def decision_about(home: Any) -> Any:
    return rules.decisions_about(Ref.of("household", home))[0]


def states(content: bytes) -> dict[str, str]:
    report = proof.check(proof.parse(content), keys=credentials.key_list()["keys"])
    return {one.name: one.state for one in report.checks}


@pytest.mark.parametrize("more", [{}, {"per_head": 9000}, {"housing": False}])
def test_a_households_decision_is_derived_again_from_its_certificate(household, way, system, more):
    home = household()
    way.survey(way.apply(home), **more)
    with access.acting_as(system):
        made = credentials.certificate(decision_about(home).id)
        text = made.content.decode()
        assert set(states(made.content).values()) == {"ok", "none"}
        assert "王秀" not in text
        assert str(home) not in text


@pytest.mark.django_db(transaction=True)
def test_decisions_of_a_run_on_everyone_are_derived_again_too(system, clock, settings, tmp_path):
    settings.POPULATION = tmp_path / "population"
    places.import_package(within="620123000000")
    with access.acting_as(system):
        actions.set_line(
            system, province="620000000000", year=2025, amount=Decimal(8200), document="测试文件"
        )
        head = people.register_person(
            system,
            name="王秀兰",
            sex="female",
            birth_date=date(1970, 5, 1),
            division_code="620123101201",
            group_no=2,
        )["person"]
        home = people.register_household(
            system,
            head=head,
            division_code="620123101201",
            group_no=2,
            address="2组18号",
            on=date(2010, 1, 1),
        )["household"]
        procedure = actions.apply(
            system, household=UUID(home), cause="illness", text="家里有人生病花费很大", authorised=True
        )["procedure"]
        clock.forward(hours=1)
        actions.survey(
            system, procedure=UUID(procedure), year=2025, members=1, amounts={"wages": Decimal(7000)},
            guarantees=dict.fromkeys(("food", "clothing", "schooling", "medical", "housing", "water"), True),
        )  # fmt: skip
        clock.forward(hours=1)
        actions.set_line(
            system, province="620000000000", year=2025, amount=Decimal(6000), document="测试文件二"
        )
        made = rules.run_population(system, key="run", service="poverty")
        clock.forward(hours=1)
        assert rules.work(made["run"]).changed == 1
        found = decision_about(home)
        certificate = credentials.certificate(found.id)
        assert set(states(certificate.content).values()) == {"ok", "none"}
        clock.forward(days=1)
        assert [one["count"] for one in credentials.close_due()] == [2]
        assert set(states(credentials.certificate(found.id).content).values()) == {"ok"}


def test_a_household_reads_how_it_was_decided_and_takes_the_certificate(
    at_door, household, way, citizen, system
):
    home = household(name="王秀兰")
    way.survey(way.apply(home), per_head=9000)
    with access.acting_as(system):
        id, used = decision_about(home).id, len(decision_about(home).facts)
        me, other = citizen(people.household(home).head), citizen(people.household(household()).head)
        leaf = credentials.fingerprint(id)
    door = at_door(me)
    letter = door.get(reverse("poverty:me-decision", args=[id])).content.decode()
    for words in (
        "规则是怎么一步一步定的", "收入低于监测范围或有保障缺项", "这一行要求“否或未核实”", "不是要您照着去做", leaf,
        "当天结束后封入存证", f"用到的全部 {used} 项事实",
    ):  # fmt: skip
        assert words in letter, words
    url = reverse("portal:my-certificate", args=[id])
    assert url in letter
    file = door.get(url)
    assert "attachment" in file["Content-Disposition"]
    assert "no-store" in file["Cache-Control"]
    with access.acting_as(system):
        assert set(states(file.content).values()) == {"ok", "none"}
    assert at_door(other).get(url).status_code == 404
    assert at_door().get(url).status_code in (302, 401, 403)
    assert at_door(me).get(reverse("portal:certificate", args=[id])).status_code in (302, 403, 404)


def test_an_officer_reads_the_whole_decision_of_his_area_and_each_look_is_kept(
    at_door, household, way, officer, team, system, clock
):
    home = household(name="王秀兰")
    way.survey(way.apply(home), housing=False)
    with access.acting_as(system):
        found = decision_about(home)
    desk, page = at_door(team.village), reverse("poverty:desk-decision", args=[found.id])
    shown = desk.get(page).content.decode()
    for words in (
        "命中的行", "边缘易致贫户", "住房安全有保障", "这一户", "第五十九条", "前面的步骤", "不是办法", "当天结束后封入存证",
    ):  # fmt: skip
        assert words in shown, words
    dossier = desk.get(reverse("poverty:desk-household", args=[home]), {"purpose": "programme"})
    assert page in dossier.content.decode()
    taken = desk.get(reverse("portal:certificate", args=[found.id]))
    assert taken["Content-Type"] == "application/json"
    looks = [(one.page, one.viewer_label) for one in access.looks_at(Ref.of("household", home))]
    assert ("certificate", "李村干") in looks
    assert ("decision", "李村干") in looks
    elsewhere = at_door(officer("621102101202", "poverty.village"))
    for address in (page, reverse("portal:certificate", args=[found.id])):
        assert elsewhere.get(address).status_code == 404
    assert len(access.looks_at(Ref.of("household", home))) == len(looks)
    clock.forward(days=2)
    with access.acting_as(system):
        credentials.close_due(found.at.date())
    assert "已封入" in desk.get(page).content.decode()


def test_the_public_sees_roots_and_keys_and_checks_a_certificate_in_hand(
    at_door, household, way, system, clock
):
    home = household(name="王秀兰")
    way.survey(way.apply(home))
    door, roots = at_door(), reverse("portal:open-decisions")
    assert "还没有封存过的日子" in door.get(roots).content.decode()
    with access.acting_as(system):
        found = decision_about(home)
        clock.forward(days=2)
        credentials.close_due(found.as_of)
        made = credentials.certificate(found.id)
    day = found.as_of.isoformat()
    assert reverse("portal:open-decisions-day", args=[day]) in door.get(roots).content.decode()
    root = door.get(reverse("portal:open-decisions-file", args=[day])).json()
    keys = door.get(reverse("portal:open-decisions-keys")).json()["keys"]
    assert proof.check(proof.parse(made.content), keys=keys, root=root).ok
    assert (
        root["statement"]["root"]
        in door.get(reverse("portal:open-decisions-day", args=[day])).content.decode()
    )
    asked = {"leaf": made.leaf, "day": day}
    given = door.get(reverse("portal:open-decisions-proof"), asked).json()
    assert given["statement"] == root["statement"]
    check = reverse("portal:open-decisions-check")
    assert "的存证里。" in door.get(check, asked).content.decode()
    assert "没有这个指纹" in door.get(check, {**asked, "leaf": "0" * 64}).content.decode()

    def sent(content: bytes) -> Any:
        return door.post(check, {"file": SimpleUploadedFile("one.json", content)})

    answer = sent(made.content).content.decode()
    for words in ("这份决定成立", "边缘易致贫户", "按规则和事实重新推导，结果相同", "同一天共"):
        assert words in answer, words
    assert "王秀兰" not in answer
    forged = made.content.replace(b'"outcome": "marginal"', b'"outcome": "none"')
    assert forged != made.content
    assert "这份文件不成立" in sent(forged).content.decode()
    for nothing in (b"{}", b"\xff", b"[]", b"x" * 600_000):
        assert sent(nothing).status_code == 422
    assert door.post(check).status_code == 422


@pytest.mark.parametrize("day", ["2026-11-20", "1000-01-01", "x", "9999-12-31"])
def test_a_day_that_is_not_closed_has_no_page(at_door, db, day):
    for route in ("portal:open-decisions-day", "portal:open-decisions-file"):
        assert at_door().get(reverse(route, args=[day])).status_code == 404
    assert (
        at_door().get(reverse("portal:open-decisions-proof"), {"day": day, "leaf": "0" * 64}).status_code
        == 404
    )
    assert at_door().get(reverse("portal:open-decisions"), {"after": day}).status_code == 200


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("true", "是"), ("not(true)", "否或未核实"), ("< 8500", "低于 8,500"), (">= 0.5", "不低于 0.5"),
        ("[60..75)", "不低于 60，且低于 75"), ('"sudden", "none"', "“突发严重困难户”或“不认定”"),
        ("members * 2", "members * 2"),
    ],
)  # fmt: skip
def test_a_cell_of_a_table_is_said_in_words_where_it_has_some(cell, words):
    assert reasoning.cell_words(cell) == words
