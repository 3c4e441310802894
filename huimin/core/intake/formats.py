"""Which files are taken, how large they may be, and how they are kept: nothing here loads a reader."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.utils.translation import gettext as _

from huimin.kit.refusal import Refused

FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".parquet": "parquet",
}
LARGEST = {"csv": 1 << 30, "xlsx": 60 << 20, "parquet": 1 << 30}


def format_of(name: str) -> str:
    """csv, xlsx or parquet, by the file's name; Refused where it is none of these."""
    found = FORMATS.get(Path(name).suffix.lower())
    if found is None:
        raise Refused(
            _("只能导入 CSV、Excel（xlsx、xls）或 Parquet 文件，“%(name)s”不是。") % {"name": name[-60:]},
            code="format",
            fields={"file": _("请选择 CSV、Excel 或 Parquet 文件。")},
        )
    return found


def check_size(kind: str, size: int) -> None:
    """Refused, in words, where a file is empty or larger than is taken."""
    if not size:
        raise Refused(_("文件是空的。"), code="empty", fields={"file": _("文件是空的。")})
    if size > LARGEST[kind]:
        most = LARGEST[kind] >> 20
        text = _("文件有 %(size)d MB，这种格式最大 %(most)d MB。") % {"size": size >> 20, "most": most}
        advice = _("请把表格另存为 CSV，或者分成几份。") if kind == "xlsx" else _("请分成几份导入。")
        raise Refused(text + advice, code="too_large", fields={"file": text + advice})


def digest(path: Path) -> str:
    """The SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def private(path: str, flags: int) -> int:
    """An opener for files that nobody else may read."""
    return os.open(path, flags, 0o600)
