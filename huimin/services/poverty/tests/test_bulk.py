"""A step for hundreds at once: by the same rules as one by one, with every failure's reason, stopped and gone on with."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.journal.api import verify
from huimin.core.journal.models import Entry
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.actions import bulk
from huimin.core.programmes.models import BulkRun, Notice, NoticeItem, Objection, Procedure, StepRecord
from huimin.kit import clock as kit
from huimin.services.poverty import actions
from huimin.services.poverty.programme import PROGRAMME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
STEPS = {way: [step.code for step in PROGRAMME.way(way)] for way in ("entry", "exit")}
ELSEWHERE = "620102001001"


@pytest.fixture
def village(db):
    places.import_package(within="620123000000")
    return str(places.children(places.children("620123000000")[0].code)[0].code)


@pytest.fixture
def sight(system):
    with access.acting_as(system):
        yield


@pytest.fixture
def put(household, village, sight):
    """Put procedures of new households at steps of the way: `put(random, 40)`, or `put(step="check")`."""
    homes = [household(members=1) for _n in range(12)]

    def one(random: Random, **fixed) -> Procedure:
        direction = fixed.get("direction", random.choice(("entry", "entry", "exit")))
        steps = STEPS[direction]
        step = fixed.get("step", random.choice((*steps, "check", "approve")))
        back = random.choice(("", "", step)) if "step" not in fixed else ""
        state = fixed.get("state", random.choice(("open",) * 5 + ("done", "refused", "withdrawn")))
        area = fixed.get("area", random.choice((village, village, village, ELSEWHERE)))
        now = kit.now() - timedelta(hours=random.randrange(1, 200))
        return Procedure(
            programme=actions.CODE, household_id=random.choice(homes),
            division_code=area, group_no=random.randrange(3), direction=direction, route="officer", state=state, step=step,
            level=int(PROGRAMME.step(direction, step).level), resume=back, name=f"王{random.randrange(1000)}", kind="marginal",
            reason=random.choice(("", "先前的理由")), wrong=random.choice(({}, {"wages": "少写了"})), opened=now, since=now,
            closed=None if state == "open" else now, opened_by="测试",
        )  # fmt: skip

    def make(random: Random, number: int, disputed: float = 0, **fixed) -> list[UUID]:
        rows = [one(random, **fixed) for _n in range(number)]
        Procedure.objects.bulk_create(rows)
        notice = Notice.objects.create(
            programme=actions.CODE, direction="entry", step="notice1", division_code=village, title="公示", area_name="",
            place="", start=kit.today(), end=kit.today(), columns=[], rows=[], basis="", office="", posted_by="",
            posted_at=kit.now(),
        )  # fmt: skip
        for n, row in enumerate(rows):
            if random.random() < disputed:
                item = NoticeItem.objects.create(notice=notice, procedure=row, division_code=village, row=n)
                Objection.objects.create(
                    item=item, division_code=village, text="与名单不符", received=kit.now(), number=uuid4().hex[:20],
                    state=random.choice(("open", "open", "rejected")),
                )  # fmt: skip
        return [row.id for row in rows]

    return make


@pytest.fixture(autouse=True)
def many_of_one_household(db):
    """The tests put several open procedures on a household, which one household never has."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX procedure_one_open")


def everything(ids) -> dict[str, list[tuple]]:
    """The rows of all tables that a check writes, without what names the writing itself."""
    versions = Procedure.versions.rel.related_model._base_manager
    left_out = {"pgh_id", "pgh_created_at", "pgh_context_id", "entry_id"}

    def rows(found, order):
        model = found.model
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out | {order[-1]}]
        return [tuple(map(str, row)) for row in found.order_by(*order).values_list(*names)]

    return {
        "procedures": rows(Procedure.objects.filter(id__in=ids), ("id", "id")),
        "records": rows(StepRecord.objects.filter(procedure_id__in=ids), ("procedure_id", "id")),
        "versions": rows(versions.filter(pgh_obj_id__in=ids), ("pgh_obj_id", "pgh_id")),
    }


@pytest.mark.parametrize("verdict", ["approve", "return", "refuse", "nonsense"])
@pytest.mark.parametrize(("who", "name"), [("township", "check"), ("county", "approve")])
def test_by_many_or_one_by_one_the_same_is_done_the_same_refused_and_the_same_rows_are_left(
    team, put, who, name, verdict
):
    random = Random(f"{who}/{verdict}")
    ids = put(random, 60, disputed=0.3)
    officer, act = getattr(team, who), getattr(actions, name)
    reason = random.choice(("材料不全，请补正", "  ")) if verdict != "approve" else ""
    asked = {"verdict": verdict, "reason": reason, "wrong": {"wages": "请核对"}}
    with transaction.atomic():
        with officer.acting():
            singly = {o.procedure: o.reason for o in programmes.each(act, officer, "k", tuple(ids), **asked)}
        left = everything(ids)
        transaction.set_rollback(True)
    with officer.acting():
        made = actions.start_bulk(
            officer, programme=actions.CODE, step=f"poverty.{name}", area=officer.area, procedures=tuple(ids),
            arguments=asked | {"reason": reason.strip() or "—"},
        )  # fmt: skip
    run = BulkRun.objects.get(id=made["run"])
    run.arguments = asked
    run.save()
    assert programmes.work_off(made["run"]) == "done"
    together = dict.fromkeys(ids, "") | {i.procedure_id: i.reason for i in programmes.bulk_failures(run)}
    assert together == singly
    assert everything(ids) == left
    if verdict == "approve":
        assert 3 <= Counter(together.values())[""] < 55


def test_hundreds_with_failures_of_every_kind_each_with_its_reason_and_one_entry_for_each_chunk(
    team, put, at_door, monkeypatch
):
    monkeypatch.setattr(bulk, "CHUNK", 100)
    random = Random(1)
    here = {"direction": "entry", "state": "open", "area": team.village.area}
    good = put(random, 250, step="check", **here)
    kinds = {
        "还不能进行这个操作": put(random, 20, step="approve", **here),
        "已经撤回": put(random, 20, step="check", **here | {"state": "withdrawn"}),
        "没有找到这一户的办理记录": put(random, 20, step="check", **here | {"area": ELSEWHERE})
        + [uuid4() for _n in range(5)],
    }
    disputed = put(random, 20, disputed=1, step="check", **here)
    settled = set(
        Objection.objects.filter(item__procedure_id__in=disputed, state="rejected").values_list(
            "item__procedure_id", flat=True
        )
    )
    asked = [*good, *(one for ids in kinds.values() for one in ids), *disputed]
    random.shuffle(asked)
    run = actions.start_bulk(
        team.township, programme=actions.CODE, step="poverty.check", area=team.township.area, procedures=tuple(asked),
        arguments={"verdict": "approve"},
    )["run"]  # fmt: skip
    assert programmes.work_off(run) == "done"
    found = programmes.bulk_run(team.township, run)
    reasons = {item.procedure_id: item.reason for item in programmes.bulk_failures(found)}
    for words, ids in kinds.items():
        assert all(words in reasons.pop(one) for one in ids)
    assert all("异议" in reasons.pop(one) for one in disputed if one not in settled)
    assert not reasons
    assert (found.done, found.total, found.failed) == (335, 335, 65 + 20 - len(settled))
    assert Procedure.objects.filter(id__in=good, step="notice2").count() == 250
    entries = Entry.objects.filter(action="poverty.check").order_by("seq")
    homes = Counter(subject for entry in entries for subject in entry.subjects)
    assert len(entries) == 4
    assert max(len(entry.subjects) for entry in entries) > 3
    assert {f"household:{one.household_id}" for one in Procedure.objects.filter(id__in=good)} <= set(homes)
    assert verify().ok
    door = at_door(team.township)
    page = door.get(reverse("poverty:desk-bulk", args=[run])).content.decode()
    assert f"{found.failed} 户没有办成" in page


def test_a_household_out_of_sight_is_refused_without_its_name(team, put):
    there = put(Random(2), 1, step="check", direction="entry", state="open", area=ELSEWHERE)
    run = actions.start_bulk(
        team.township, programme=actions.CODE, step="poverty.check", area=team.township.area, procedures=tuple(there),
        arguments={"verdict": "approve"},
    )["run"]  # fmt: skip
    programmes.work_off(run)
    assert [item.name for item in programmes.bulk_failures(programmes.bulk_run(team.township, run))] == ["—"]


def test_all_that_wait_are_taken_without_ticking_but_nobody_who_came_after_the_list_was_shown(
    team, put, at_door, clock, monkeypatch
):
    monkeypatch.setattr(bulk, "CHUNK", 7)
    random, here = Random(3), {"direction": "entry", "state": "open", "area": team.village.area}
    shown = put(random, 30, step="check", **here)
    door, url = at_door(team.township), reverse("poverty:desk-checks")
    page = door.post(url, {"all": "1", "do": "approve", "at": "entry.check"}).content.decode()
    until = page.partition('name="until" value="')[2].partition('"')[0].replace("&#x2B;", "+")
    clock.forward(hours=1)
    later = put(random, 1, step="check", **here)
    Procedure.objects.filter(id__in=later).update(since=kit.now())
    form = {"key": "once", "at": "entry.check", "do": "approve", "all": "1", "until": until}
    answers = [door.post(reverse("poverty:desk-checks-start"), form)["Location"] for _n in range(2)]
    assert answers[0] == answers[1]
    assert Procedure.objects.filter(id__in=shown, step="notice2").count() == 30
    assert Procedure.objects.get(id=later[0]).step == "check"
    assert StepRecord.objects.filter(procedure_id__in=shown).count() == 30


def test_a_worker_that_breaks_off_in_a_chunk_leaves_the_chunk_undone_and_the_next_one_goes_on(
    team, put, monkeypatch
):
    monkeypatch.setattr(bulk, "CHUNK", 10)
    here = {"direction": "entry", "state": "open", "area": team.village.area}
    ids = put(Random(4), 25, step="check", **here)
    run = actions.start_bulk(
        team.township, programme=actions.CODE, step="poverty.check", area=team.township.area, procedures=tuple(ids),
        arguments={"verdict": "approve"},
    )["run"]  # fmt: skip
    assert programmes.work_off(run, limit=10) == "running"
    with monkeypatch.context() as broken:
        broken.setattr(bulk, "_keep_failures", lambda *_all: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            programmes.work_off(run)
    assert Procedure.objects.filter(id__in=ids, step="notice2").count() == 10
    actions.stop_bulk(team.township, run=UUID(run))
    assert programmes.work_off(run) == "stopped"
    actions.continue_bulk(team.township, run=UUID(run))
    assert programmes.work_off(run) == "done"
    assert Procedure.objects.filter(id__in=ids, step="notice2").count() == 25
    assert StepRecord.objects.filter(procedure_id__in=ids).count() == 25


def test_an_officer_who_lost_the_right_meanwhile_does_nothing_more(team, put, system):
    here = {"direction": "entry", "state": "open", "area": team.village.area}
    ids = put(Random(5), 5, step="check", **here)
    run = actions.start_bulk(
        team.township, programme=actions.CODE, step="poverty.check", area=team.township.area, procedures=tuple(ids),
        arguments={"verdict": "approve"},
    )["run"]  # fmt: skip
    access.end_post(system, officer=team.township.officer, reason="岗位调整")
    assert programmes.work_off(run) in ("done", "stopped")
    assert Procedure.objects.filter(id__in=ids, step="check").count() == 5
