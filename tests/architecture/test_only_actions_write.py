"""State changes happen in actions and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "huimin"
ALWAYS = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ON_ROWS = {"create", "update", "delete"}
ROWS = {
    "objects",
    "filter",
    "exclude",
    "all",
    "get",
    "select_for_update",
    "_base_manager",
    "_default_manager",
}
SQL = re.compile(r"^\s*(INSERT|UPDATE|DELETE|COPY|TRUNCATE|ALTER|DROP)\b", re.IGNORECASE)
# Writers besides actions, with the reason.
OTHER_WRITERS = {
    "core/journal/chain.py": "adds entries and moves the head, inside an action's transaction",
    "core/journal/outbox.py": "keeps effects and marks them delivered",
    "core/access/clients.py": "counts the calls of a program, which a read must too",
    "core/access/looks.py": "adds the trace of a look, which a read must leave",
    "core/places/changes.py": "below the journal; the journalled actions over it are in access",
    "core/facts/refreshing.py": "writes the files of the derived snapshot by DuckDB; PostgreSQL it only reads",
    "core/facts/made.py": "writes a made-up snapshot by DuckDB, never into PostgreSQL",
    "core/rules/spreading.py": "writes the current decisions to a file for a cluster by DuckDB, never into PostgreSQL",
    "core/people/triggers.py": "the text of triggers, run by migrations",
}


def sources() -> Iterator[Path]:
    for path in sorted(HOUSE.rglob("*.py")):
        inside = path.relative_to(HOUSE)
        if {"tests", "migrations"} & set(inside.parts) or inside.parts[0] in ("config", "kit"):
            continue
        if str(inside).startswith("core/rules/lang/"):
            continue
        yield path


def may_write(path: Path) -> bool:
    inside = path.relative_to(HOUSE)
    return (
        path.name in ("actions.py", "loading.py")
        or "actions" in inside.parts[:-1]
        or str(inside) in OTHER_WRITERS
    )


def chain(node: ast.AST) -> set[str]:
    """The names of attributes and calls to the left of a method."""
    names = set()
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return names


def writes(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in ALWAYS or (name in ON_ROWS and chain(node.func.value) & ROWS):
                yield node.lineno, f".{name}()"
            if name in ("execute", "executemany", "copy") and node.args:
                text = node.args[0]
                if isinstance(text, ast.JoinedStr) and text.values:
                    text = text.values[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and SQL.match(text.value):
                    yield node.lineno, text.value.split()[0]


def test_only_actions_write():
    found = [
        f"{path.relative_to(ROOT)}:{line} {what}"
        for path in sources()
        if not may_write(path)
        for line, what in writes(path.read_text(encoding="utf-8"))
    ]
    assert not found, "move these into actions.py:\n" + "\n".join(found)


def test_the_list_of_other_writers_holds_no_file_that_is_gone():
    assert [name for name in OTHER_WRITERS if not (HOUSE / name).exists()] == []


def test_the_search_finds_what_writes():
    planted = 'row.save()\nHousehold.objects.filter(id=1).update(x=2)\ncursor.execute("DELETE FROM t")\nfound.update(a=1)\n'
    assert [what for _line, what in writes(planted)] == [".save()", ".update()", "DELETE"]
