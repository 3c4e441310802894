"""Rules of the house that import-linter cannot see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from huimin.config.services import SERVICES
from huimin.kit.registry import services

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "huimin"
LONGEST = 600
# Where the platform looks beyond the viewer's area, and for which duty.
BEYOND = {
    "core/intake/actions/working.py": "a file's run is read by the worker; its rows are stored under its starter's right",
    "core/people/queries.py": "which household a citizen is in, before it is known what is his own",
    "core/people/past.py": "the members a household in sight had on a past day, wherever they have moved since",
    "core/programmes/actions/notices.py": "an objection by the public to a notice names a row, not a household",
    "core/programmes/actions/bulk.py": "a bulk run is read and counted by the worker; each household under its starter's right",
    "core/exports/actions.py": "an export run is kept and counted by the worker; its rows are read as the one who asked",
    "core/insight/assessing.py": "everyone is assessed by the figures of all places; who reads it sees those within his reach",
    "core/insight/queries.py": "figures of places: full within the viewer's reach, small cells withheld elsewhere",
    "core/people/duplicates.py": "an identity number is unique in the whole register: says where, never who",
}
# Models with a place that are public, or belong to the administration itself.
NOT_PERSONAL = {
    "places.Division", "places.DivisionChange", "access.Office", "access.Grant", "access.Look", "journal.Entry",
    "programmes.Notice", "people.DivisionCount",
}  # fmt: skip


def modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(HOUSE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(HOUSE).parts):
            yield path, path.read_text(encoding="utf-8")


def templates() -> Iterator[tuple[Path, str]]:
    for path in sorted(HOUSE.rglob("*.html")):
        yield path, path.read_text(encoding="utf-8")


def test_no_signals():
    found = [
        str(path)
        for path, text in modules()
        if re.search(r"django\.dispatch|\bsignals\b import|models\.signals", text)
    ]
    assert found == []


def test_no_get_model_outside_migrations():
    assert [str(path) for path, text in modules() if re.search(r"\bapps\.get_model\(", text)] == []


def test_every_listed_service_is_registered():
    assert [name.rsplit(".", 1)[1] for name in SERVICES] == list(services)
    assert all(services[label].label == label for label in services)


def test_every_service_folder_is_listed():
    folders = {p.name for p in (HOUSE / "services").iterdir() if (p / "apps.py").exists()}
    assert folders == {name.rsplit(".", 1)[1] for name in SERVICES}


def test_time_comes_from_the_kit():
    found = []
    for path, text in modules():
        if "kit/clock.py" in str(path) or "core/rules/lang" in str(path) or "cli/rules.py" in str(path):
            continue
        if re.search(r"\b(datetime\.now|date\.today|timezone\.now|datetime\.utcnow)\(", text):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_looking_beyond_the_area_is_a_listed_duty():
    found = {
        str(path.relative_to(HOUSE))
        for path, text in modules()
        if re.search(r"with beyond\(", text) and not str(path).endswith("access/scope.py")
    }
    assert found == set(BEYOND)


# Counts and versions of households that are in sight already: the ids come through the scoped manager.
AROUND = {"core/journal/history.py", "core/people/queries.py", "core/people/past.py"}


def test_nobody_goes_around_the_scoped_manager():
    found = [
        str(path.relative_to(ROOT))
        for path, text in modules()
        if re.search(r"_base_manager|Event\.objects", text) and str(path.relative_to(HOUSE)) not in AROUND
    ]
    assert found == []


def scoped(model: type[models.Model]) -> bool:
    from huimin.core.access.api import AreaManager

    return isinstance(model._default_manager, AreaManager)


def test_every_model_about_people_or_places_is_limited_by_the_one_manager():
    found = []
    for model in apps.get_models():
        label = model._meta.label
        if (
            not model.__module__.startswith("huimin.")
            or label in NOT_PERSONAL
            or hasattr(model, "pgh_tracked_model")
        ):
            continue
        names = {field.name for field in model._meta.fields}
        targets = {
            f.related_model._meta.label for f in model._meta.fields if f.is_relation and f.related_model
        }
        personal = "division_code" in names or any(t.startswith("people.") for t in targets)
        if personal and not scoped(model):
            found.append(label)
    assert found == []


def test_foreign_keys_between_core_parts_leave_no_way_back():
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("huimin.") or hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.fields:
            if not isinstance(field, models.ForeignKey):
                continue
            target = field.related_model._meta.app_label
            other = target != model._meta.app_label and field.related_model.__module__.startswith("huimin.")
            if other and field.remote_field.related_name != "+":
                found.append(f"{model._meta.label}.{field.name}")
    assert found == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline script", r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"),
        ("an inline style", r"<style\b|\sstyle=\""),
        ("an inline handler", r"\son[a-z]+=\"|hx-on"),
        (
            "a foreign address of a script, style or picture",
            r"(src|href)=\"(https?:)?//[^\"]*\.(js|css|png|svg)",
        ),
    ],
)
def test_no_template_holds(what, pattern):
    found = [str(path.relative_to(ROOT)) for path, text in templates() if re.search(pattern, text)]
    assert found == [], f"{what} in {found}"


def test_no_file_is_longer_than_it_should_be():
    found = [
        f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines"
        for path, text in modules()
        if text.count("\n") > LONGEST
    ]
    assert found == []


def test_no_folder_or_module_has_a_name_that_says_nothing():
    empty = {"utils", "helpers", "common", "misc", "manager", "base2", "util", "helper", "managers"}
    assert [str(p) for p, _ in modules() if empty & {p.stem, *p.relative_to(HOUSE).parts}] == []


def test_public_functions_of_the_doors_say_what_they_do():
    found = []
    for path, text in modules():
        if path.name not in ("api.py", "actions.py", "queries.py", "types.py"):
            continue
        for node in ast.parse(text).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                found.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert found == []


HOSTS = ("pypi" + ".org", "python" + "hosted", "npm" + "js.org", "npm" + "mirror", "debian" + ".org")


def test_no_committed_file_names_a_registry():
    import subprocess

    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in (".gz", ".ttf", ".png", ".woff2") or "static/vendor" in name or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {host}" for host in HOSTS if host in text]
    assert found == []
