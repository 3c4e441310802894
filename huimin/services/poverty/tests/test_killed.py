"""Every action is harmless when repeated and leaves nothing half done when the database is killed in it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import Error, connection

from huimin.core.access import api as access
from huimin.core.journal import action as journal_action
from huimin.core.journal import api as journal
from huimin.core.journal.action import Action
from huimin.core.programmes import api as programmes
from huimin.kit import clock as kit
from huimin.services.poverty import actions

pytestmark = pytest.mark.django_db(transaction=True)


def cluster() -> Any:
    """The embedded server of the tests; with another database the test is skipped and says so."""
    home = settings.DATABASES["default"].get("EMBEDDED")
    if not home:
        pytest.skip("DATABASE_URL names a server that is not ours to kill")
    from huimin.config.postgres.cluster import Cluster

    return Cluster.at(Path(home))


def rows() -> dict[str, int]:
    """How many rows every table of the house has."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("huimin."):
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                found[model._meta.label] = cursor.fetchone()[0]
    return found


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch, system: Any) -> Any:
    """Kill the database in the first call of each action, after its writes and before its commit; then call it again."""
    server, real_append, real_call = cluster(), journal_action.chain.append, Action.__call__
    armed: list[str] = []
    killed: list[str] = []

    def append(entries: Any) -> None:
        entries = list(entries)
        if armed and entries and entries[-1].action == armed[-1]:
            server.kill()
        real_append(entries)

    def call(self: Action[Any], actor: Any, /, key: str = "", **arguments: Any) -> Any:
        if journal_action._batch.get() is not None or self.name in killed or not killed_now["on"]:
            return real_call(self, actor, key, **arguments)
        key = key or str(uuid4())
        before = rows()
        armed.append(self.name)
        killed.append(self.name)
        with pytest.raises(Error):
            real_call(self, actor, key, **arguments)
        armed.clear()
        connection.close()
        server.start_again()
        assert rows() == before, f"{self.name} left something behind"
        first = real_call(self, actor, key, **arguments)
        after = rows()
        assert real_call(self, actor, key, **arguments) == first
        assert rows() == after, f"{self.name} did something when it was repeated"
        return first

    killed_now = {"on": False}
    monkeypatch.setattr(journal_action.chain, "append", append)
    monkeypatch.setattr(Action, "__call__", call)
    return killed_now, killed


def test_a_kill_in_every_action_of_the_way_leaves_nothing_half_done(
    killing, system, household, team, way, survey, village, clock
):
    home = household()
    switch, killed = killing
    switch["on"] = True
    way.enrol(home)
    with access.acting_as(system):
        enrolment = programmes.enrolment_of(home, actions.CODE)
    card = access.officers_in(village)[0]
    actions.assign(team.township, enrolment=enrolment.id, officer=card.id, start=kit.today())
    measure = actions.add_measure(
        team.village,
        enrolment=enrolment.id,
        kind="industry",
        title="养牛",
        cost=Decimal(8000),
        fund="衔接资金",
        start=kit.today(),
    )
    actions.visit(team.village, enrolment=enrolment.id, on=kit.today(), met="王秀兰", found="收入增加")
    actions.finish_measure(team.village, measure=UUID(measure["measure"]), result="出栏 2 头", on=kit.today())
    actions.suspend(team.county, enrolment=enrolment.id, reason="外出务工一年")
    actions.resume(team.county, enrolment=enrolment.id)
    case = actions.appeal(system, household=home, text="对监测类型有不同意见")
    actions.answer_appeal(team.county, case=UUID(case["case"]), upheld=False, text="类型认定符合规定")
    actions.update_facts(team.village, household=home, guarantees={"water": False})
    risk = actions.add_risk(team.village, household=home, cause="disaster", since=kit.today(), detail="雹灾")
    actions.remove_risk(team.village, risk=UUID(risk["risk"]), on=kit.today(), how="已获保险赔付")
    leaving = actions.propose_exit(team.village, household=home, text="收入稳定，风险消除")
    actions.withdraw(team.village, procedure=UUID(leaving["procedure"]), reason="材料不齐")
    switch["on"] = False
    assert {
        "poverty.apply", "poverty.survey", "poverty.hold_review", "poverty.record_votes", "poverty.close_review",
        "poverty.post_first_notice", "poverty.close_notice", "poverty.check", "poverty.post_second_notice", "poverty.approve",
        "poverty.announce", "poverty.assign", "poverty.add_measure", "poverty.visit", "poverty.appeal",
    } <= set(killed)  # fmt: skip
    with access.acting_as(system):
        report = journal.verify()
        assert report.ok, report.problems
        journal.drain()
