"""People and households from files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huimin.core.access.api import acting_as
from huimin.core.intake import api as intake
from huimin.core.people import idnumber
from huimin.core.people.models import Household, Membership, Person, ProposedChange
from huimin.core.people.types import Sex
from huimin.core.places import api as places

pytestmark = pytest.mark.django_db
HEAD = "姓名,身份证号,性别,村代码,组,户编号,与户主关系,家庭住址,立户日期,手机号\n"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO = True
    return tmp_path


@pytest.fixture
def village(system: Any) -> str:
    places.import_package(within="620123000000")
    return "620123101201"


def nid(n: int, born: date = date(1980, 5, 1), sex: Sex = Sex.MALE) -> str:
    return idnumber.make(born, sex, n)


def take(
    viewer: Any,
    text: str | bytes,
    *,
    name: str = "people.csv",
    target: str = "people",
    mode: str = "rows",
    differ: str = "report",
    start: bool = True,
    source: str = "公安局",
) -> Any:
    """Bring a file all the way in; the run."""
    raw = text.encode() if isinstance(text, str) else text
    import uuid

    run = intake.receive(viewer, key=str(uuid.uuid4()), target=target, name=name, source=source, parts=[raw])
    with acting_as(viewer):
        shown = intake.run(viewer, run)
        intake.arrange(viewer, run=run, mapping=dict(shown.mapping), mode=mode, differ=differ, defer=False)
        intake.work_off(run, viewer)
        found = intake.run(viewer, run)
        if start and found.state == "checked" and not (mode == "whole" and found.bad):
            intake.start(viewer, run=run, defer=False)
            intake.work_off(run, viewer)
        return intake.run(viewer, run)


def test_a_flat_register_becomes_people_households_and_members(village, system):
    number = village + "00001"
    text = HEAD + (
        f"王建国,{nid(1)},男,{village},3,{number},户主,3组12号,2015-01-01,12012345678\n"
        f"李秀英,{nid(2, sex=Sex.FEMALE)},,{village},3,{number},配偶,,,\n"
        f"王小明,{nid(3, date(2018, 6, 1))},男,,,{number},子,,,\n"
        f"赵独居,{nid(4)},男,{village},2,,,,,\n"
    )
    run = take(system, text)
    with acting_as(system):
        assert intake.problems(run) == ()
        assert (run.state, run.total, run.good, run.bad, run.done) == ("done", 4, 4, 0, 4), run.error
        home = Household.objects.get(number=number)
        assert (home.address, home.head_name, home.group_no, home.opened_on) == (
            "3组12号",
            "王建国",
            3,
            date(2015, 1, 1),
        )
        members = {
            m.person.name: m for m in Membership.objects.filter(household=home).select_related("person")
        }
        assert {name: m.relation for name, m in members.items()} == {
            "王建国": "head",
            "李秀英": "spouse",
            "王小明": "son",
        }
        assert (members["王小明"].start, members["王小明"].joined_by) == (date(2018, 6, 1), "birth")
        found = Person.objects.get(name="王建国")
        assert (found.phone, found.id_number, found.pinyin) == ("12012345678", nid(1), "wangjianguo")
        assert members["王小明"].person.division_code == village
    again = take(system, text)
    assert (again.good, again.unchanged, again.bad) == (0, 4, 0)


def reasons(viewer: Any, run: Any) -> dict[int, dict[str, str]]:
    """What is wrong, by row and column."""
    found: dict[int, dict[str, str]] = {}
    with acting_as(viewer):
        for one in intake.problems(run, 500):
            found.setdefault(one.row, {})[one.column] = one.reason
    return found


def test_every_problem_of_a_row_is_named_and_the_corrected_file_goes_in_without_mapping_again(
    village, system
):
    number = village + "00002"
    good = nid(10)
    text = HEAD + (
        f"王建国,{good},男,{village},3,{number},户主,3组12号,2015-01-01,\n"
        f"李3,{nid(11)[:-1]}Y,女,629999999999,0x,{number},邻居,,2015-02-30,12345\n"
        f"赵四,620123199001011230.0,男,{village},3,,,,,\n"
        f"钱五,6.20123E+17,男,{village},3,,,,,\n"
        f"孙六,{nid(12)},女,{village},3,,,,,\n"
    )
    run = take(system, text)
    said = reasons(system, run)
    assert (run.total, run.done, run.bad) == (5, 1, 4)
    assert set(said[3]) == {"name", "id_number", "division_code", "group_no", "relation", "since", "phone"}
    assert "表格软件" in said[4]["id_number"]
    assert "表格软件" in said[5]["id_number"]
    assert "号码中的性别为男" in said[6]["sex"]
    with acting_as(system):
        path = intake.bad_file(run)
        masked = {one.column: one.value for one in intake.problems(run, 500) if one.row == 3}
    assert path is not None
    assert (masked["phone"], masked["name"]) == ("*****", "李*")
    assert path.stat().st_mode & 0o777 == 0o600
    corrected = path.read_text("utf-8-sig")
    for wrong, right in (
        ("李3", "李三"),
        (nid(11)[:-1] + "Y", nid(11)),
        (",女,629999999999,0x,", f",男,{village},3,"),
        ("邻居", "子"),
        ("2015-02-30", "2015-03-01"),
        ("12345", "12012345678"),
        ("620123199001011230.0", nid(13)),
        ("6.20123E+17", nid(14)),
        (f"{nid(12)},女", f"{nid(12)},男"),
    ):
        assert wrong in corrected
        corrected = corrected.replace(wrong, right, 1)
    again = take(system, corrected, name="people.bad.csv")
    assert (again.total, again.done, again.bad) == (4, 4, 0), reasons(system, again)
    with acting_as(system):
        assert Membership.objects.filter(household__number=number).count() == 2


def test_as_a_whole_one_bad_row_keeps_everything_out(village, system):
    text = HEAD + f"王建国,{nid(20)},男,{village},,,,,,\n李四,123,男,{village},,,,,,\n"
    run = take(system, text, mode="whole")
    assert (run.state, run.good, run.bad, run.done) == ("checked", 1, 1, 0)
    with acting_as(system):
        assert not Person.objects.exists()
    run = take(system, text.replace(",123,", f",{nid(21)},"), mode="whole")
    assert (run.state, run.done) == ("done", 2)


def test_rows_that_differ_from_the_register_are_reported_or_proposed(village, system):
    text = HEAD + f"王建国,{nid(30)},男,{village},,,,,,12011111111\n"
    take(system, text)
    changed = text.replace("王建国", "王建军").replace("12011111111", "12022222222")
    said = reasons(system, take(system, changed))
    assert "登记为王建国" in said[2]["name"]
    assert "另一个号码" in said[2]["phone"]
    run = take(system, changed, differ="propose")
    assert (run.state, run.bad, run.stored) == ("done", 0, {"proposals": 1}), run.error
    with acting_as(system):
        assert ProposedChange.objects.get().source == "公安局"
        assert Person.objects.get().name == "王建国"
    take(system, changed, differ="propose")
    with acting_as(system):
        assert ProposedChange.objects.count() == 1, "sent twice, it proposes once"


def test_people_twice_in_a_file_are_both_accounted_for(village, system):
    row = f"王建国,{nid(40)},男,{village},,,,,,\n"
    said = reasons(system, run := take(system, HEAD + row + row))
    assert (run.done, run.bad) == (1, 1)
    assert said == {3: {"id_number": "与第 2 行完全重复。"}}
    one, two = f"王建国,{nid(41)},男,{village},,,,,,\n", f"王建军,{nid(41)},男,{village},,,,,,\n"
    said = reasons(system, run := take(system, HEAD + one + two))
    assert (run.done, sorted(said)) == (0, [2, 3])


def test_a_household_waits_for_its_head_and_has_one(village, system):
    first, second = village + "00011", village + "00012"
    text = HEAD + (
        f"王建国,123,男,{village},3,{first},户主,,,\n"
        f"李秀英,{nid(50, sex=Sex.FEMALE)},女,{village},3,{first},配偶,,,\n"
        f"赵六,{nid(51)},男,{village},3,{second},户主,,,\n"
        f"赵七,{nid(52)},男,{village},3,{second},户主,,,\n"
        f"钱八,{nid(53)},男,{village},3,{village}00013,子,,,\n"
        f"钱九,{nid(54)},男,{village},3,{village}00014,,,,\n"
    )
    said = reasons(system, run := take(system, text))
    assert run.done == 0
    assert "第 2 行有误" in said[3]["number"]
    assert "第 4、5 行都填了户主" in said[4]["relation"]
    assert "没有它的户主行" in said[6]["number"]
    assert "请填写与户主关系" in said[7]["relation"]


def test_an_officer_imports_rows_of_his_own_villages_only(village, system, officer):
    places.import_package(within="621102000000")
    there = "621102101202"
    take(system, HEAD + f"外人,{nid(60)},男,{there},,,,,,\n")
    county = officer("620123000000", "poverty.county")
    text = HEAD + (
        f"王建国,{nid(61)},男,{village},,,,,,\n李四,{nid(62)},男,{there},,,,,,\n外人,{nid(60)},男,{village},,,,,,\n"
    )
    said = reasons(county, run := take(county, text))
    assert (run.done, run.bad) == (1, 2)
    assert "不在您的管辖范围内" in said[3]["division_code"]
    assert "请联系" in said[4]["id_number"]
    assert "外人" not in str(said)
    with acting_as(system):
        assert intake.run(system, run.id) is None


def test_merged_villages_are_named_with_their_heir(village, system):
    from huimin.core.access import api as access

    access.merge_villages(
        system, codes=(village,), into="620123101202", on=date(2026, 1, 1), document="榆政发〔2026〕1 号"
    )
    said = reasons(system, take(system, HEAD + f"王建国,{nid(70)},男,{village},,,,,,\n"))
    assert places.name_of("620123101202") in said[2]["division_code"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_offices_use(village, system, encoding):
    run = take(system, (HEAD + f"王建国,{nid(80)},男,{village},,,,,,\n").encode(encoding))
    assert run.done == 1


def test_excel_comes_in_and_its_broken_numbers_are_caught(village, system, tmp_path):
    import python_calamine
    import xlsxwriter

    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["榆中县人员登记表"])
    sheet.write_row(1, 0, ["姓名", "身份证号码", "出生年月日", "所在村代码", "备注"])
    sheet.write_row(2, 0, ["王建国", nid(90), "1980/5/1", float(village), "=1+1"])
    sheet.write_row(3, 0, ["李四", float(nid(91)[:17] + "0"), "", village, "@x"])
    book.close()
    run = take(system, path.read_bytes(), name="people.xlsx")
    said = reasons(system, run)
    assert (run.done, run.bad) == (1, 1), said
    assert "表格软件" in said[4]["id_number"]
    with acting_as(system):
        kept = intake.bad_file(run)
    assert kept is not None
    rows = python_calamine.CalamineWorkbook.from_path(str(kept)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["姓名", "身份证号码", "出生年月日", "所在村代码", "备注", "原行号", "需要更正的内容"]
    assert rows[1][4] == "@x"


def test_parquet_comes_in(village, system, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "people.parquet"
    one = {"name": ["王建国"], "id_number": [nid(95)], "birth_date": [date(1980, 5, 1)]}
    pq.write_table(pa.table({**one, "division_code": [village]}), path)
    assert take(system, path.read_bytes(), name="people.parquet").done == 1


def test_no_cell_of_the_bad_file_is_a_formula_and_it_comes_back_as_it_was(village, system):
    text = "姓名,身份证号,村代码,备注\n" + f'"=HYPERLINK(""x"")",{nid(96)},{village},+cmd\n'
    run = take(system, text)
    with acting_as(system):
        path = intake.bad_file(run)
    assert path is not None
    cells = path.read_text("utf-8-sig").splitlines()[1]
    assert cells.startswith("\"'=HYPERLINK")
    assert ",'+cmd," in cells
    again = take(system, path.read_bytes())
    with acting_as(system):
        (one,) = intake.problems(again)
    assert (one.column, again.bad) == ("name", 1)
    assert "'" not in one.reason


def test_households_on_their_own_need_a_registered_head(village, system):
    take(system, HEAD + f"王建国,{nid(100)},男,{village},,,,,,\n")
    text = "户编号,村代码,住址,户主身份证号,立户日期\n" + (
        f"{village}00021,{village},3组1号,{nid(100)},2010-01-01\n{village}00022,{village},,{nid(101)},\n"
    )
    run = take(system, text, target="households")
    said = reasons(system, run)
    assert (run.done, run.bad) == (1, 1), said
    assert "请先导入户主" in said[3]["head_id"]
    with acting_as(system):
        assert Membership.objects.get().relation == "head"
        assert Household.objects.get().head_name == "王建国"
    assert take(system, text, target="households").unchanged == 1


def test_known_people_join_a_household_by_a_second_file(village, system):
    number = village + "00031"
    take(system, HEAD + f"王建国,{nid(110)},男,{village},,,,,,\n李四,{nid(111)},男,{village},,,,,,\n")
    text = (
        HEAD
        + f"王建国,{nid(110)},,{village},5,{number},户主,5组,,\n李四,{nid(111)},,,,{number},兄弟姐妹,,,\n"
    )
    run = take(system, text)
    assert (run.state, run.stored) == ("done", {"households": 1, "memberships": 2}), (
        run.error,
        reasons(system, run),
    )
    with acting_as(system):
        assert {p.group_no for p in Person.objects.all()} == {5}
    moved = take(system, HEAD + f"李四,{nid(111)},,,,{village}00032,户主,,,\n")
    assert "请先办理迁出" in reasons(system, moved)[2]["number"]


def test_nothing_private_is_journalled_and_each_chunk_is_one_entry(village, system):
    from huimin.core.journal.models import Entry

    take(system, HEAD + f"王建国,{nid(120)},男,{village},,,,,,12012345678\n")
    entries = list(Entry.objects.filter(action__startswith="people.import"))
    assert len(entries) == 1
    everything = "".join(entry.payload + str(entry.subjects) for entry in Entry.objects.all())
    assert not [
        secret for secret in ("王建国", nid(120), "12012345678", "people.csv") if secret in everything
    ]


def test_the_files_of_a_run_are_gone_when_it_is_over(village, system, media):
    run = take(system, HEAD + f"王建国,{nid(130)},男,{village},,,,,,\n李四,1,男,{village},,,,,,\n")
    folder = media / "intake" / str(run.id)
    assert sorted(path.name for path in folder.iterdir()) == ["bad.csv", "problems.parquet"]
    assert folder.stat().st_mode & 0o777 == 0o700
    from datetime import timedelta

    from huimin.kit import clock

    with clock.at(clock.now() + timedelta(days=15)):
        assert intake.sweep() == 1
    assert not folder.exists()
