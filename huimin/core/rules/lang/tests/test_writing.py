# ruff: noqa: E501 - XML reads better as it stands
"""Models written back: unchanged, or with one text replaced and everything else as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from huimin.core.rules import lang
from huimin.core.rules.lang import writing

ROOT = Path(__file__).resolve().parents[5]
KIT = Path(os.environ.get("HUIMIN_SHARED_DATA") or ROOT.parent / "shared" / "data") / "dmn-tck"
OWN = sorted(ROOT.glob("huimin/**/rules/*.dmn"))
ODD = """<?xml version='1.0' encoding="UTF-8"?>
<!-- kept --><d:definitions xmlns:d="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:x='urn:other'
  name="样例" namespace="urn:odd" x:own="1" ><d:extensionElements><x:unknown  a = "1"/></d:extensionElements>
  <d:itemDefinition name="tGrade"><d:typeRef>string</d:typeRef><d:allowedValues><d:text>"a","b"</d:text></d:allowedValues></d:itemDefinition>
  <d:decision id="o" name="grade"><?keep me?><d:variable name="grade"/>
    <d:decisionTable hitPolicy="FIRST"><d:input label="n"><d:inputExpression><d:text><![CDATA[1 < 2]]></d:text></d:inputExpression></d:input>
      <d:output name="g"/><d:rule><d:inputEntry><d:text/></d:inputEntry><d:outputEntry><d:text>"a" <!-- why --></d:text></d:outputEntry></d:rule>
      <d:rule><d:inputEntry><d:text></d:text></d:inputEntry><d:outputEntry><d:text>"b"</d:text></d:outputEntry></d:rule></d:decisionTable>
  </d:decision></d:definitions>
<!-- to the end -->
"""


def canonical(source: bytes) -> bytes:
    return etree.tostring(etree.fromstring(source), method="c14n", with_comments=True)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_a_rule_of_ours_is_written_as_it_was_read(path):
    assert lang.write(lang.load(path)) == path.read_bytes()


def test_every_model_of_the_test_kit_is_written_as_it_was_read():
    if not KIT.is_dir():
        pytest.skip(f"the test kit is not at {KIT}; set HUIMIN_SHARED_DATA to the folder that holds dmn-tck")
    for path in sorted(KIT.rglob("*.dmn")):
        source = path.read_bytes()
        model = lang.load(source)
        assert canonical(lang.write(model)) == canonical(source) == canonical(path.read_bytes())
        # Every text put where it stands, one by one at once, is the same model.
        again = writing.write(
            model, {each: each.source for each in writing.texts_of(model) if each.ordinal >= 0}
        )
        assert lang.load(again).hash == model.hash, path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_one_text_is_replaced_and_every_other_byte_stays(encoding):
    source = ODD.replace("UTF-8", encoding).encode(encoding)
    model = lang.load(source)
    for text in writing.texts_of(model):
        new = 'if "一" < "乙" & true then 1 else "]]>"'
        changed = lang.write(model, {text: new})
        assert [each.source for each in writing.texts_of(lang.load(changed))] == [
            new if each is text else each.source for each in writing.texts_of(model)
        ]
        assert changed.startswith(source[:20])
        assert changed.endswith(source[-20:])
        assert "<!-- kept -->" in changed.decode(encoding)
        back = lang.load(changed)
        same = next(each for each in writing.texts_of(back) if each.ordinal == text.ordinal)
        assert lang.load(lang.write(back, {same: text.source})).hash == model.hash


def test_a_text_is_found_by_its_place():
    model = lang.load(ODD)
    assert lang.text_at(model, "grade", 2, "g").source == '"b"'
    assert lang.text_at(model, "grade", column="n").source == "1 < 2"
    assert lang.text_at(model, "tGrade").source == '"a","b"'
    with pytest.raises(lang.RuleError) as refused:
        lang.text_at(model, "grade", 7)
    assert refused.value.problems[0].code == "dmn.no_text"


def test_a_text_of_another_model_is_refused():
    one, other = lang.load(ODD), lang.load(ODD)
    with pytest.raises(lang.RuleError) as refused:
        lang.write(one, {lang.text_at(other, "grade", 2, "n"): "1"})
    assert refused.value.problems[0].code == "dmn.foreign_text"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\r"), max_size=30))
def test_any_text_comes_back_as_it_was_put_in(new):
    model = lang.load(ODD)
    text = lang.text_at(model, "grade", 1, "n")
    back = lang.load(lang.write(model, {text: new}))
    assert lang.text_at(back, "grade", 1, "n").source == new
