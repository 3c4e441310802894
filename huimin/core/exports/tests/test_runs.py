"""An export from the asking to the deleting: whose sight, stopped, killed, taken, over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from huimin.core.access import api as access
from huimin.core.access.models import Office
from huimin.core.exports import actions
from huimin.core.exports import api as exports
from huimin.core.exports.models import ExportRun
from huimin.core.journal.models import Entry
from huimin.core.places import api as places
from huimin.kit.refusal import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db
COUNTY, VILLAGE = "620123000000", "620123101201"


@pytest.fixture
def lists(settings: Any, tmp_path: Path, db: Any) -> Iterator[SimpleNamespace]:
    """A list of numbers of the test's own; `lists.each` is called before each row, `lists.upto` says how many."""
    settings.MEDIA_ROOT = tmp_path
    places.import_package(within=COUNTY)
    hand = SimpleNamespace(upto=5, each=lambda n: None, seen=[])

    def rows(viewer: Any, query: Any) -> Iterator[Any]:
        hand.seen.append((viewer, dict(query)))
        for number in range(hand.upto):
            hand.each(number)
            yield number, f"第{number}行"

    kept = dict(exports.EXPORTS._things)
    exports.register_export(
        exports.Export(
            name="test.rows", title="测试名单", rows=rows, filters=("q", "in"), needs="poverty.attach",
            columns=(
                exports.Column(name="n", title="序号", kind=exports.Kind.INTEGER), exports.Column(name="text", title="内容"),
            ),
        )
    )  # fmt: skip
    yield hand
    exports.EXPORTS._things.clear()
    exports.EXPORTS._things.update(kept)


@pytest.fixture
def clerk(officer: Any, lists: Any) -> Any:
    return officer(VILLAGE, "poverty.village")


def start(viewer: Any, key: str = "1", format: str = "csv", **filters: str) -> UUID:
    asked = {"list_name": "test.rows", "format": format, "filters": filters, "area": viewer.area}
    return UUID(exports.start(viewer, key=key, **asked)["run"])


def look(run: UUID, viewer: Any) -> Any:
    with viewer.acting():
        return exports.run_of(viewer, run)


def entries(action: str) -> list[dict[str, Any]]:
    return [json.loads(entry.payload) for entry in Entry.objects.filter(action=action).order_by("seq")]


def test_a_short_list_is_ready_at_once_and_taking_it_leaves_the_trace(clerk, lists):
    run = start(clerk, q="王")
    assert exports.write_at_once(run) == "ready"
    assert exports.path_of(run, "csv").read_text(encoding="utf-8-sig").splitlines()[1:3] == [
        "0,第0行",
        "1,第1行",
    ]
    exports.take(clerk, key="t", run=run)
    assert look(run, clerk).rows == 5
    assert [e["details"]["rows"] for e in entries("exports.take")] == [5]
    assert entries("exports.start")[0]["details"] == {
        "list": "test.rows",
        "format": "csv",
        "filters": {"q": "王"},
    }
    assert entries("exports.finish")[0]["details"]["rows"] == 5


def test_the_same_press_twice_is_one_run(clerk, lists):
    assert start(clerk) == start(clerk)
    assert ExportRun._base_manager.count() == 1


def test_a_long_list_is_left_to_the_worker(clerk, lists):
    lists.upto = actions.AT_ONCE + 1
    run = start(clerk)
    assert exports.write_at_once(run) == "running"
    assert list(exports.path_of(run, "csv").parent.iterdir()) == []
    assert exports.work_off(run) == "ready"
    assert look(run, clerk).rows == lists.upto


def test_it_is_written_with_the_rights_of_the_moment_it_is_written(clerk, lists, system):
    run = start(clerk)
    viewer = lists.seen
    assert exports.work_off(run) == "ready"
    assert viewer[0][0].id == clerk.id
    again = start(clerk, key="2")
    with access.acting_as(system):
        access.end_post(system, officer=clerk.officer, reason="调离岗位")
    assert exports.work_off(again) == "failed"
    assert len(viewer) == 1, "nothing was read for him any more"


def test_a_chosen_area_narrows_what_the_worker_reads(officer, lists):
    county = officer(COUNTY, "poverty.county")
    asked = {"list_name": "test.rows", "format": "csv", "filters": {}, "area": VILLAGE, "narrowed": True}
    exports.work_off(UUID(exports.start(county, key="1", **asked)["run"]))
    spans = lists.seen[0][0].spans("poverty")
    assert all(span.low.startswith("620123101201") for span in spans)
    assert spans


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_killed_in_the_middle_and_run_again_it_gives_the_same_file(clerk, lists, format):
    lists.upto = 1_200
    whole = start(clerk, key="whole", format=format)
    exports.work_off(whole)
    run = start(clerk, key="killed", format=format)
    ExportRun._base_manager.filter(id=run).update(
        started=ExportRun._base_manager.get(id=whole).started  # the sheet of notes says when
    )

    class Killed(BaseException):
        pass

    def kill(number: int) -> None:
        if number == 700:
            raise Killed

    lists.each = kill
    with pytest.raises(Killed):
        exports.work_off(run)
    assert look(run, clerk).state == "running"
    assert not exports.path_of(run, format).exists()
    lists.each = lambda n: None
    assert exports.work_off(run) == "ready"
    assert exports.path_of(run, format).read_bytes() == exports.path_of(whole, format).read_bytes()


def test_stopped_it_keeps_nothing_and_resumed_it_is_whole(clerk, lists):
    lists.upto = 1_200
    run = start(clerk)

    def press(number: int) -> None:
        if number == 600:
            exports.stop(clerk, key="stop", run=run)

    lists.each = press
    assert exports.work_off(run) == "stopped"
    assert list(exports.path_of(run, "csv").parent.iterdir()) == []
    lists.each = lambda n: None
    exports.resume(clerk, key="again", run=run)
    assert exports.work_off(run) == "ready"
    assert look(run, clerk).rows == 1_200


def test_a_second_writer_takes_over_and_the_first_gives_up(clerk, lists):
    lists.upto = 1_200
    run, states = start(clerk), []

    def overtake(number: int) -> None:
        if number == 600 and not states:
            states.append("second")
            states.append(exports.work_off(run))

    lists.each = overtake
    assert exports.work_off(run) == "ready"
    assert states == ["second", "ready"]
    assert len(entries("exports.finish")) == 1
    assert [p.name for p in exports.path_of(run, "csv").parent.iterdir()] == [f"{run}.csv"]


def test_a_fault_is_said_and_can_be_tried_again(clerk, lists, caplog):
    def fail(number: int) -> None:
        raise ValueError("broken")

    lists.each = fail
    run = start(clerk)
    assert exports.work_off(run) == "failed"
    assert "重新生成" in look(run, clerk).error
    lists.each = lambda n: None
    exports.resume(clerk, key="again", run=run)
    assert exports.work_off(run) == "ready"


def test_after_seven_days_the_file_is_deleted_and_cannot_be_taken(clerk, lists, clock):
    run = start(clerk)
    exports.work_off(run)
    clock.forward(days=6)
    assert actions.clear() == 0
    clock.forward(days=1, minutes=1)
    assert actions.clear() == 1
    assert not exports.path_of(run, "csv").exists()
    with pytest.raises(Refused, match="过期"):
        exports.take(clerk, key="late", run=run)
    assert entries("exports.expire")[0]["result"]["runs"] == [str(run)]


def test_nobody_takes_the_file_of_another_or_a_list_he_has_no_right_to(clerk, officer, lists):
    run = start(clerk)
    exports.work_off(run)
    other = officer(VILLAGE, "poverty.village")
    with pytest.raises(NotFound):
        exports.take(other, key="x", run=run)
    assert look(run, other) is None
    province = officer("620000000000", "poverty.province")
    with pytest.raises(NotAllowed):
        start(province, key="2")


def test_a_number_that_was_searched_for_is_not_written_down(clerk, lists):
    run = start(clerk, q="62012319800506123X")
    exports.work_off(run)
    assert lists.seen[0][1] == {"q": "62012319800506123X"}, "the list was narrowed by it"
    for entry in Entry.objects.filter(action__startswith="exports."):
        assert "62012319800506123X" not in entry.payload
    assert ExportRun._base_manager.get(id=run).filters == {"q": "•"}


def test_a_filter_the_list_does_not_know_is_left_out(clerk, lists):
    run = start(clerk, q="王", admin="1")
    exports.work_off(run)
    assert lists.seen[0][1] == {"q": "王"}


def test_pages_run_through_a_query_by_key(lists, system):
    for number in range(7):
        access.open_office(system, name=f"办公室{number % 3}{number}", area=VILLAGE)
    for order in (("name", "id"), ("-name", "-id")):
        found = [row.name for page in exports.pages(Office.objects.all(), order, size=3) for row in page]
        assert found == list(Office.objects.order_by(*order).values_list("name", flat=True))
        assert [len(page) for page in exports.pages(Office.objects.all(), order, size=3)] == [3, 3, 1]


def test_a_list_that_names_a_column_twice_is_refused():
    column = exports.Column(name="n", title="序号")
    twice = exports.Export(name="test.twice", title="", columns=(column, column), rows=lambda v, q: iter(()))
    with pytest.raises(LookupError):
        exports.register_export(twice)
