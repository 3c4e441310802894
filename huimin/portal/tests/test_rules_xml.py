"""The text of a rule: changed in one place and nowhere else, and through dmn-js without a loss."""

from __future__ import annotations

import pytest
from lxml import etree

from huimin.core.rules import lang
from huimin.kit.refusal import Refused
from huimin.portal.desk.rules_graph import graph_of
from huimin.portal.desk.rules_xml import add_row, for_editor, from_editor, put, read_tree, remove_row

TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- kept -->
<d:definitions xmlns:d="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:x="urn:x" id="grade"
  name="等级" namespace="urn:g" x:owner="我">
  <d:extensionElements><x:law ref="59"/></d:extensionElements>
  <d:inputData id="in" name="income" label="收入"><d:variable id="v" name="income" typeRef="number"/></d:inputData>
  <d:decision id="grade" name="grade" label="等级">
    <d:variable id="gv" name="grade" typeRef="string"/>
    <d:informationRequirement id="r"><d:requiredInput href="#in"/></d:informationRequirement>
    <d:decisionTable id="t" hitPolicy="UNIQUE">
      <d:input id="i1" label="收入">
        <d:inputExpression id="x1" typeRef="number"><d:text>income</d:text></d:inputExpression>
      </d:input>
      <d:output id="o1" name="grade" typeRef="string"/>
      <d:annotation name="依据"/>
      <d:rule id="r1"><!-- 第一行 -->
        <d:inputEntry id="c1"><d:text>&lt; 10</d:text></d:inputEntry>
        <d:outputEntry id="c2"><d:text>"低"</d:text></d:outputEntry>
        <d:annotationEntry><d:text/></d:annotationEntry>
      </d:rule>
    </d:decisionTable>
  </d:decision>
  <d:decision id="later" name="later"><d:variable id="lv" name="later" typeRef="number"/>
    <d:conditional id="k">
      <d:if><d:literalExpression id="l1"><d:text>true</d:text></d:literalExpression></d:if>
      <d:then><d:literalExpression id="l2"><d:text>1</d:text></d:literalExpression></d:then>
      <d:else><d:literalExpression id="l3"><d:text>2</d:text></d:literalExpression></d:else>
    </d:conditional>
  </d:decision>
</d:definitions>
"""


def test_a_changed_cell_changes_its_own_text_and_not_one_other_character():
    changed = put(TEXT, {"r1:i1": '< 20 & "a"', "r1:o1": '"低"'})
    assert changed == TEXT.replace("&lt; 10", '&lt; 20 &amp; "a"')


def test_a_cell_written_as_an_empty_element_can_be_filled_and_emptied():
    filled = put(TEXT, {"r1:a1": "第五十九条"})
    assert filled == TEXT.replace("<d:text/>", "<d:text>第五十九条</d:text>")
    assert put(filled, {"r1:a1": ""}) == TEXT.replace("<d:text/>", "<d:text></d:text>")


def test_what_is_not_there_cannot_be_changed():
    with pytest.raises(Refused, match="没有这一格"):
        put(TEXT, {"r9:i1": "1"})
    with pytest.raises(Refused, match="不是完整的 XML"):
        put(TEXT[:-20], {"r1:i1": "1"})


def test_a_row_that_is_added_and_removed_leaves_the_file_as_it_was():
    longer = add_row(TEXT, "grade")
    [first, second] = lang.load(longer).decision("grade").logic.rows
    assert (first.id, second.id) == ("r1", "grade_row2")
    assert [cell.source for cell in second.inputs] == ["-"]
    assert len(second.outputs) == 1
    assert remove_row(longer, "grade_row2") == TEXT
    assert [row.id for row in lang.load(add_row(longer, "grade")).decision("grade").logic.rows][
        -1
    ] == "grade_row3"


def test_dmn_js_is_given_its_own_version_of_dmn_with_each_id_once_and_a_drawing():
    given = read_tree(for_editor(TEXT))
    assert etree.QName(given).namespace == "https://www.omg.org/spec/DMN/20191111/MODEL/"
    ids = [one.get("id") for one in given.iter() if isinstance(one.tag, str) and one.get("id")]
    assert len(ids) == len(set(ids))
    shapes = [one for one in given.iter() if str(one.tag).endswith("}DMNShape")]
    assert {one.get("dmnElementRef") for one in shapes} == {"in", "grade", "later"}


def forgetful(text: str) -> str:
    """What dmn-js gives back: what it does not know is gone, ids of its own exporter have come."""
    root = read_tree(text)
    for one in list(root.iter()):
        if not isinstance(one.tag, str) or etree.QName(one).localname == "conditional":
            one.getparent().remove(one) if one.getparent() is not None else None
    root.attrib.pop("{urn:x}owner", None)
    root.set("exporter", "dmn-js")
    return etree.tostring(root, encoding="unicode").replace("&lt; 10", "&lt; 30")


def test_what_dmn_js_does_not_know_comes_back_with_what_was_changed_in_it():
    back = from_editor(forgetful(for_editor(TEXT)), TEXT)
    model = lang.load(back)
    assert model.dmn_namespace == "https://www.omg.org/spec/DMN/20230324/MODEL/"
    assert model.decision("grade").logic.rows[0].inputs[0].source == "< 30"
    assert type(model.decision("later").logic).__name__ == "Conditional"
    root = read_tree(back)
    assert root.get("id") == "grade"
    assert root.get("exporter") is None
    assert "第一行" in back
    assert root.find(".//{urn:x}law").get("ref") == "59"


def test_what_was_deleted_in_dmn_js_stays_deleted():
    given = read_tree(for_editor(TEXT))
    for one in list(given.iter()):
        if one.get("id") in ("later", "r1"):
            one.getparent().remove(one)
    model = lang.load(from_editor(etree.tostring(given, encoding="unicode"), TEXT))
    assert model.decision("later") is None
    assert model.decision("grade").logic.rows == ()


def test_entities_from_outside_are_never_read():
    bomb = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d xmlns="urn:d">&x;</d>'
    assert "root:" not in etree.tostring(read_tree(bomb), encoding="unicode")


def test_in_the_graph_everything_stands_right_of_what_it_needs_and_nothing_on_another():
    graph = graph_of(read_tree(TEXT))
    assert [(a.source.name, a.target.name) for a in graph.arrows] == [("income", "grade")]
    assert all(arrow.source.right < arrow.target.x for arrow in graph.arrows)
    places = [(node.x, node.y) for node in graph.nodes]
    assert len(places) == len(set(places))


def test_a_graph_that_goes_in_circles_is_still_drawn():
    needs = '<d:informationRequirement id="c"><d:requiredDecision href="#grade"/></d:informationRequirement>'
    circle = TEXT.replace('<d:variable id="lv"', f'{needs}<d:variable id="lv"')
    circle = circle.replace('<d:requiredInput href="#in"/>', '<d:requiredDecision href="#later"/>')
    assert len(graph_of(read_tree(circle)).nodes) == 3
