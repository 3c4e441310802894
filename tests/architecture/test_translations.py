"""Nothing untranslated is shown: every text goes through the catalogues, and the catalogues are whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "huimin"
HAN = re.compile(r"[\u3400-\u9fff]")
MARKED = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}|<!--.*?-->",
    re.DOTALL,
)
# Chinese that is data and not interface, with the reason.
DATA = {
    "config/settings.py": "the languages' own names",
    "core/access/types.py": "the public's name in the journal",
    "core/people/actions.py": "the commonest ethnicity, as registered",
    "core/people/loading.py": "the commonest ethnicity, as registered",
    "core/people/models.py": "the commonest ethnicity, as registered",
    "core/people/checks.py": "patterns of names and addresses",
    "core/people/idnumber.py": "what people type instead of digits",
    "core/people/masking.py": "patterns of addresses",
    "core/people/reading.py": "how surnames are read",
    "core/facts/imports.py": "what files write for yes and no",
    "core/facts/source.py": "a text that is sent to see whether it arrives",
    "core/insight/assessing.py": "names of annotation columns in rule files",
    "services/poverty/queries/reasoning.py": "names of annotation columns in rule files",
    "core/intake/reading.py": "what files write for yes and no",
    "core/people/imports/columns.py": "headings and values of other departments' files",
    "core/people/imports/comparing.py": "a word for a row that is told to nobody",
    "core/people/making.py": "made-up people for measuring",
    "core/people/planted.py": "signs that are mistaken for each other",
    "portal/insight/picture.py": "a word that maps leave out",
    "portal/desk/rules_shown.py": "names of annotation columns in rule files",
    "portal/desk/rules_simulation.py": "endings of places' names that maps leave out",
    "portal/insight/words.py": "units as indicators name them",
    "services/poverty/imports.py": "headings of other departments' files",
    "ui/outlines.py": "names of peoples that maps leave out",
    "core/rules/deciding.py": "names of annotation columns in rule files",
    "services/poverty/forms/alerts.py": "the columns of the departments' files",
    "services/poverty/forms/desk.py": "the unit people type after an amount",
    "services/poverty/queries/mine.py": "modes of the filter `yuan`",
    "services/poverty/queries/paper.py": "modes of the filter `yuan`",
    "services/poverty/queries/story.py": "a mode of the filter, a column of rule files",
    "services/poverty/views/prints.py": "names of the files that are downloaded",
    "ui/formats.py": "modes of the filter `yuan`",
    "ui/listing.py": "modes of the filter `yuan`",
    "ui/parts.py": "units when a page names none",
    "ui/apps.py": "the app's name, for developers",
    "ui/gallery_data.py": "the style page, for developers",
    "ui/gallery_doors.py": "the style page, for developers",
}
FOLDERS = ("demo", "places", "cli", "lang", "migrations", "tests")
FILES = ("demo.py", "demo_names.py")


def test_the_catalogues_are_what_the_sources_say_and_english_is_whole():
    found = subprocess.run(
        [sys.executable, "tools/messages.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-3000:]


def test_no_template_holds_chinese_outside_a_translation():
    found = []
    for path in sorted(HOUSE.rglob("*.html")):
        if "gallery" in str(path):
            continue
        rest = MARKED.sub("", path.read_text(encoding="utf-8"))
        found += [
            f"{path.relative_to(ROOT)}: {line.strip()[:80]}" for line in rest.split("\n") if HAN.search(line)
        ]
    allowed = [line for line in found if re.search(r">惠民<|惠民 ·|· 惠民|惠民</|惠</|<option|lang=", line)]
    assert [line for line in found if line not in allowed] == []


def translated(tree: ast.AST) -> set[int]:
    """The ids of constants that are arguments of a translating call, or documentation."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in (
                "_",
                "_lazy",
                "gettext",
                "gettext_lazy",
                "gettext_noop",
                "ngettext",
                "pgettext",
                "pgettext_lazy",
            ):
                found |= {id(a) for a in node.args if isinstance(a, ast.Constant)}
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def test_no_view_action_or_form_says_chinese_that_is_not_translated():
    found = []
    for path in sorted(HOUSE.rglob("*.py")):
        inside = path.relative_to(HOUSE)
        if str(inside) in DATA or path.name in FILES or set(FOLDERS) & set(inside.parts[:-1]):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        fine = translated(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and HAN.search(node.value)
                and id(node) not in fine
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:40]}")
    assert found == []


def test_the_list_of_data_names_no_file_that_is_gone():
    assert [name for name in DATA if not (HOUSE / name).exists()] == []
