"""Whatever a file or an expression says, reading and evaluating it ends, and soon."""

from __future__ import annotations

import pytest

from huimin.core.rules import lang
from huimin.core.rules.lang import reading, scope

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def definitions(inside: str, before: str = "") -> str:
    return f'{before}<definitions xmlns="{DMN}" name="n" namespace="urn:n">{inside}</definitions>'


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (definitions("&l11;", f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>'), "dmn.not_xml"),
        (definitions("&x;", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "dmn.doctype"),
        (definitions("", '<!DOCTYPE d SYSTEM "http://localhost/d.dtd">'), "dmn.doctype"),
        (definitions("<a>" * 150 + "</a>" * 150), "dmn.depth"),
        (definitions("<a>" * 5000 + "</a>" * 5000), "dmn.not_xml"),
        (definitions("&nothing;"), "dmn.not_xml"),
        ("", "dmn.not_xml"),
        ("<html/>", "dmn.not_dmn"),
        ('<?xml version="1.0" encoding="none-such"?>' + definitions(""), "dmn.not_xml"),
    ],
)  # fmt: skip
def test_a_file_made_to_harm_its_reader_is_refused(source, code):
    with pytest.raises(lang.RuleError) as refused:
        lang.load(source)
    assert [each.code for each in refused.value.problems] == [code]


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    with pytest.raises(lang.RuleError) as refused:
        lang.load(definitions(" " * 100))
    assert refused.value.problems[0].code == "dmn.too_large"


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "-" * 5000 + "1", "[" * 500 + "]" * 500, "{a:" * 300 + "1" + "}" * 300, "not(" * 300 + "1",
     "if true then " * 300 + "1", "1" + "+1" * 5000, "a" + ".b" * 5000, "[1]" + "[1]" * 2000, "/*" * 20000,
     '"' + "\\" * 9999, "a " * 20000],
)  # fmt: skip
def test_what_is_nested_too_deeply_is_refused(feel, text):
    with pytest.raises(lang.RuleError):
        feel(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("some i in 1..99999, j in 1..99999 satisfies false", "eval.too_long"),
        ("count(for i in 1..9999 return count(for j in 1..9999 return 1))", "eval.too_long"),
        ("{f: function(n) f(n + 1), r: f(1)}.r", "eval.recursion"),
        ('for i in 1..60 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1]', "eval.too_long"),
        ("string((for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])[-1])", "eval.too_long"),
        ("{a: for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]],"
         " r: a[-1] = [a[-2], a[-2]]}.r", "eval.too_long"),
        ("flatten(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])", "eval.result"),
        ("for d in 1..1e30 return d", "eval.iteration"),
        ("(for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1]))[-1]",
         "eval.result"),
    ],
)  # fmt: skip
def test_what_would_never_end_is_null_and_says_so(feel, diagnosed, monkeypatch, text, code):
    monkeypatch.setattr(scope, "MAX_STEPS", 20_000)
    assert feel(text) is None
    assert code in diagnosed(text)


def test_long_lists_are_no_matter(feel):
    assert feel("count(distinct values(for i in 1..20000 return i))") == 20000
    assert feel("count(mode(for i in 1..20000 return i))") == 20000
    assert feel("sort(for i in 1..5000 return -i)[1]") == -5000


def test_a_decision_that_would_never_end_is_null_and_the_next_goes_on(decide, definitions):
    model = definitions(
        '<decision id="a" name="a"><variable name="a"/><literalExpression>'
        "<text>{f: function(n) f(n + 1), r: f(1)}.r</text></literalExpression></decision>"
        '<decision id="b" name="b"><variable name="b"/><informationRequirement><requiredDecision href="#a"/>'
        "</informationRequirement><literalExpression><text>a = null</text></literalExpression></decision>"
    )
    found = decide(model, {}, "b")
    assert found.outcome is True
    assert [each.code for each in found.diagnostics] == ["eval.recursion"]


def test_models_that_import_each_other_are_refused(tmp_path):
    for own, other in (("a", "b"), ("b", "a")):
        inside = f'<import name="{other}" namespace="urn:{other}" importType="{DMN}"/>'
        (tmp_path / f"{own}.dmn").write_text(definitions(inside).replace("urn:n", f"urn:{own}"))
    with pytest.raises(lang.RuleError) as refused:
        lang.load(tmp_path / "a.dmn")
    assert refused.value.problems[0].code == "dmn.import_cycle"
