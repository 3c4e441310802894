"""The catalogues of the interface: gather every text, keep English by hand, make Traditional Chinese with OpenCC.

python tools/messages.py            gather, update both catalogues, compile; says what English still lacks
python tools/messages.py --check    fail where a catalogue is not what the sources say
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "huimin"
LOCALE = HOUSE / "locale"
LANGUAGES = {"en": "en", "zh-hant": "zh_Hant"}
ONE = {"_", "_lazy", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
HAN = re.compile(r"[\u3400-\u9fff]")
Key = tuple[str | None, str, str | None]


def called(source: str, name: str) -> Iterator[Key]:
    """The texts of a Python source: (context, text, plural)."""
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if function in ONE and texts:
            yield None, texts[0], None
        elif function in MANY and len(texts) > 1:
            yield None, texts[0], texts[1]
        elif function in IN_CONTEXT and len(texts) > 1:
            yield texts[0], texts[1], None


def written(source: str) -> Iterator[Key]:
    """The texts of a template."""
    code = templatize(source)
    text = r"\s*u?((?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\"\"\".*?\"\"\"))\s*"
    for call in re.finditer(rf"\b(ngettext|pgettext|gettext|_)\({text}(?:,{text})?", code, re.DOTALL):
        name, one, two = call.group(1), ast.literal_eval(call.group(2)), call.group(3)
        if name == "ngettext" and two:
            yield None, one, ast.literal_eval(two)
        elif name == "pgettext" and two:
            yield one, ast.literal_eval(two), None
        else:
            yield None, one, None


def gathered() -> dict[Key, list[str]]:
    """Every text of the house with the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path in sorted([*HOUSE.rglob("*.py"), *HOUSE.rglob("*.html"), *HOUSE.rglob("*.txt")]):
        inside = path.relative_to(ROOT)
        if {"tests", "migrations", "static", "vendor"} & set(inside.parts):
            continue
        source = path.read_text(encoding="utf-8")
        for key in called(source, str(inside)) if path.suffix == ".py" else written(source):
            if key[1].strip():
                places = found.setdefault(key, [])
                if str(inside) not in places:
                    places.append(str(inside))
    return found


def traditional() -> object:
    """The converter to Traditional Chinese with the phrases of Taiwan left out: characters and common words."""
    import opencc

    return opencc.OpenCC("s2t")


def update(folder: str, found: dict[Key, list[str]]) -> polib.POFile:
    """A catalogue with exactly the texts found, keeping the translations it had."""
    path = LOCALE / folder / "LC_MESSAGES" / "django.po"
    before = {(e.msgctxt or None, e.msgid): e for e in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    plural = "nplurals=1; plural=0;" if folder.startswith("zh") else "nplurals=2; plural=(n != 1);"
    catalogue.metadata = {
        "Project-Id-Version": "huimin", "Language": folder, "MIME-Version": "1.0", "Plural-Forms": plural,
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
    }  # fmt: skip
    convert = traditional().convert if folder == "zh_Hant" else None  # type: ignore[attr-defined]
    for context, text, plural_text in sorted(found, key=lambda k: (k[1], k[0] or "")):
        known = before.get((context, text))
        entry = polib.POEntry(
            msgctxt=context, msgid=text, occurrences=[(p, "") for p in found[context, text, plural_text]]
        )
        if any("%(" in t or "%s" in t for t in (text, plural_text or "")):
            entry.flags = ["python-format"]
        if plural_text:
            entry.msgid_plural = plural_text
            forms = 1 if folder.startswith("zh") else 2
            kept = dict(known.msgstr_plural) if known and known.msgid_plural else {}
            entry.msgstr_plural = {n: convert(text) if convert else kept.get(n, "") for n in range(forms)}
        elif convert:
            entry.msgstr = convert(text)
        elif known:
            entry.msgstr = known.msgstr
        elif not HAN.search(text):
            entry.msgstr = text
        catalogue.append(entry)
    return catalogue


def holes(entry: polib.POEntry) -> bool:
    """Whether a translation lacks text, or names other placeholders than the original."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    names = [sorted(set(re.findall(r"%\((\w+)\)|\{(\w+)\}", t))) for t in (entry.msgid, *forms)]
    return any(not form.strip() for form in forms) or any(n != names[0] for n in names[1:])


def main() -> int:
    """Gather, update, compile; or compare."""
    settings.configure(USE_I18N=False)
    django.setup()
    check, found, wrong = "--check" in sys.argv, gathered(), []
    for language, folder in LANGUAGES.items():
        catalogue = update(folder, found)
        path = LOCALE / folder / "LC_MESSAGES" / "django.po"
        missing = [e for e in catalogue if holes(e)]
        wrong += [f"{language}: {e.msgid!r} ({e.occurrences[0][0]})" for e in missing]
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != str(catalogue):
                wrong.append(f"{path.relative_to(ROOT)} is not what the sources say: run tools/messages.py")
            if not path.exists() or path.with_suffix(".mo").read_bytes() != catalogue.to_binary():
                wrong.append(f"{path.with_suffix('.mo').relative_to(ROOT)} is not what the .po says")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(catalogue), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(catalogue.to_binary())
        print(f"{language}: {len(catalogue)} texts, {len(missing)} without a right translation")
    print("\n".join(wrong[:2000]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
