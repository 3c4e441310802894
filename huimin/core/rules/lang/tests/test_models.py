"""Reading DMN files, checking them, and evaluating graphs of decisions."""

# ruff: noqa: E501 - rows of a table read better whole

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from pathlib import Path

import pytest

from huimin.core.rules import lang
from huimin.core.rules.lang import checking, problems

GRAPH = """
<itemDefinition name="tHousehold"><itemComponent name="人均收入"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="grade"><typeRef>string</typeRef></itemComponent></itemDefinition>
<inputData id="i1" name="household" huimin:fact="poverty.household"><variable name="household" typeRef="tHousehold"/></inputData>
<inputData id="i2" name="Date of Birth"><variable name="Date of Birth" typeRef="date"/></inputData>
<businessKnowledgeModel id="k1" name="monthly"><variable name="monthly"/>
  <encapsulatedLogic><formalParameter name="yearly" typeRef="number"/>
    <literalExpression><text>yearly / 12</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id="d1" name="age"><variable name="age" typeRef="number"/>
  <informationRequirement><requiredInput href="#i2"/></informationRequirement>
  <literalExpression><text>years and months duration(Date of Birth, today()).years</text></literalExpression></decision>
<decision id="d2" name="Entitled"><variable name="Entitled" typeRef="boolean"/>
  <informationRequirement><requiredInput href="#i1"/></informationRequirement>
  <informationRequirement><requiredDecision href="#d1"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#k1"/></knowledgeRequirement>
  <context>
    <contextEntry><variable name="per month"/><literalExpression><text>monthly(household.人均收入)</text></literalExpression></contextEntry>
    <contextEntry><literalExpression><text>per month &lt; 500 or age &gt;= 60</text></literalExpression></contextEntry>
  </context></decision>
<decisionService id="s1" name="service"><variable name="service"/><outputDecision href="#d2"/>
  <inputData href="#i1"/><inputDecision href="#d1"/></decisionService>
"""
VERSIONS = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


# Reading


@pytest.mark.parametrize("namespace", VERSIONS)
def test_every_version_is_read_and_written_back_unchanged(definitions, namespace):
    model = definitions(GRAPH, namespace)
    assert lang.check(model) == []
    assert model.dmn_namespace == namespace
    assert model.write() == model.source
    assert lang.load(model.write()).hash == model.hash


def test_inputs_carry_their_type_and_the_fact_behind_them(definitions):
    model = definitions(GRAPH)
    assert [(each.name, each.type, each.fact) for each in model.inputs] == [
        ("household", "tHousehold", "poverty.household"),
        ("Date of Birth", "date", ""),
    ]
    assert (model.name, model.namespace) == ("test", "https://huimin.example/test")


def test_the_hash_is_of_what_the_model_says(definitions):
    model = definitions(GRAPH)
    drawn = '<dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"><dmndi:DMNDiagram/></dmndi:DMNDI>'
    assert definitions(GRAPH.replace("\n", "\n  ") + "<!-- drawn -->" + drawn).hash == model.hash
    assert definitions(GRAPH, VERSIONS[-1]).hash == model.hash
    assert definitions(GRAPH.replace("500", "501")).hash != model.hash


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<definitions", "dmn.not_xml"),
        ("<html/>", "dmn.not_dmn"),
        ('<definitions xmlns="https://www.omg.org/spec/DMN/19990101/MODEL/"/>', "dmn.not_dmn"),
    ],
)
def test_what_is_not_dmn_is_refused(text, code):
    with pytest.raises(lang.RuleError) as caught:
        lang.load(text)
    assert [each.code for each in caught.value.problems] == [code]


def test_entities_are_not_expanded():
    text = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><definitions xmlns="{}" name="&e;"/>'
    with pytest.raises(lang.RuleError):
        lang.load(text.format(VERSIONS[2]))


def test_an_imported_model_is_found_beside_the_file(tmp_path: Path, definitions, decide):
    tmp_path.joinpath("base.dmn").write_bytes(
        definitions(GRAPH).source.replace(b"https://huimin.example/test", b"https://huimin.example/base")
    )
    inside = """
    <import name="base" namespace="https://huimin.example/base" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
    <decision id="d" name="twice"><variable name="twice"/>
      <informationRequirement><requiredDecision href="https://huimin.example/base#d1"/></informationRequirement>
      <literalExpression><text>base.age * 2</text></literalExpression></decision>"""
    main = tmp_path / "main.dmn"
    main.write_bytes(definitions(inside).source)
    model = lang.load(main)
    assert lang.check(model) == []
    assert decide(model, {"Date of Birth": dt.date(2000, 3, 3)}).outcome == D(48)
    assert lang.check(lang.load(main.read_bytes()))[0].code == "dmn.unknown_import"


# Evaluating


POOR = {"poverty.household": {"人均收入": 3600, "grade": "a"}, "Date of Birth": dt.date(1980, 1, 1)}


def test_a_decision_asks_the_decisions_it_requires(definitions, decide):
    evaluation = decide(
        definitions(GRAPH), {**POOR, "poverty.household": {"人均收入": 9000, "grade": "a"}}, "Entitled"
    )
    assert evaluation.outcome is False
    assert [(each.decision, each.kind, each.value) for each in evaluation.trace] == [
        ("age", "literal expression", D(44)),
        ("Entitled", "context", False),
    ]


def test_only_facts_really_read_are_recorded_as_used(definitions, decide):
    evaluation = decide(definitions(GRAPH), POOR, "Entitled")
    assert evaluation.outcome is True
    assert evaluation.used == {"poverty.household": {"人均收入": D(3600), "grade": "a"}}
    assert [each.decision for each in evaluation.trace] == ["Entitled"]


def test_a_missing_fact_is_null_and_noted(definitions, decide):
    evaluation = decide(definitions(GRAPH), {}, "age")
    assert evaluation.outcome is None
    assert evaluation.used == {"Date of Birth": None}
    assert evaluation.diagnostics[0].code == "fact.missing"


def test_a_fact_of_another_type_is_null_and_noted(definitions, decide):
    for wrong in ("1980-01-01", dt.datetime(1980, 1, 1)):
        evaluation = decide(definitions(GRAPH), {"Date of Birth": wrong}, "age")
        assert evaluation.outcome is None
        assert evaluation.diagnostics[0].code == "eval.type"


def test_a_decision_service_is_a_function(definitions, decide):
    inside = GRAPH + (
        '<decision id="d3" name="call"><variable name="call"/>'
        '<knowledgeRequirement><requiredKnowledge href="#s1"/></knowledgeRequirement>'
        '<literalExpression><text>service({人均收入: 9000, grade: "b"}, 61)</text></literalExpression></decision>'
    )
    evaluation = decide(definitions(inside), {}, "call")
    assert evaluation.outcome is True
    assert evaluation.used == {}


def test_today_and_now_come_from_the_caller_alone(definitions):
    model = definitions(GRAPH)
    for year, age in ((1990, 10), (2030, 50)):
        found = lang.evaluate(model, "age", POOR, now=dt.datetime(year, 1, 1), today=dt.date(year, 1, 1))
        assert found.outcome == age


def test_an_unknown_decision_is_an_error(definitions, decide):
    with pytest.raises(lang.RuleError, match="no decision 'nothing'"):
        decide(definitions(GRAPH), {}, "nothing")


def test_boxed_expressions_have_their_values(definitions, decide):
    def literal(text):
        return f"<literalExpression><text>{text}</text></literalExpression>"

    boxes = {
        f"<list>{literal('1')}{literal('2')}</list>": [1, 2],
        f'<relation><column name="a"/><column name="b c"/><row>{literal("1")}{literal("2")}</row></relation>': [{"a": 1, "b c": 2}],
        f"<conditional><if>{literal('true')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>": 1,
        f"<filter><in>{literal('[1,2,3]')}</in><match>{literal('item &gt; 1')}</match></filter>": [2, 3],
        f'<for iteratorVariable="x"><in>{literal("1..3")}</in><return>{literal("x")}</return></for>': [1, 2, 3],
        f'<for iteratorVariable="x"><in>{literal("[1..3]")}</in><return>{literal("x * 2")}</return></for>': [2, 4, 6],
        f'<every iteratorVariable="x"><in>{literal("[1,2]")}</in><satisfies>{literal("x &gt; 0")}</satisfies></every>': True,
        f'<invocation>{literal("floor")}<binding><parameter name="n"/>{literal("1.5")}</binding></invocation>': 1,
    }  # fmt: skip
    for box, expected in boxes.items():
        model = definitions(f'<decision id="d" name="d"><variable name="d"/>{box}</decision>')
        assert decide(model, {}).outcome == expected


# Checking


def broken(definitions, logic, extra=""):
    return definitions(
        f'{extra}<decision id="d" name="d"><variable name="d"/>{logic}'
        "</decision>"
        '<inputData id="i" name="income"><variable name="income" typeRef="number"/></inputData>'
    )


def literal(text):
    return f"<literalExpression><text>{text}</text></literalExpression>"


INCOME = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
TABLE = '<decisionTable hitPolicy="{}"><input><inputExpression><text>income</text></inputExpression></input><output/>{}</decisionTable>'
ROW = "<rule><inputEntry><text>{}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"


@pytest.mark.parametrize(
    ("logic", "code"),
    [
        (literal("1 +"), "feel.unfinished"),
        (literal("unheard"), "feel.unknown_name"),
        (literal("income + 1"), "feel.missing_requirement"),
        (INCOME + literal('income &lt; "a"'), "feel.certain_mismatch"),
        (INCOME + literal("income + true"), "feel.certain_arithmetic"),
        (INCOME + literal("string length(&quot;a&quot;) = &quot;1&quot;"), "feel.certain_mismatch"),
        (INCOME + literal("today().year &lt; &quot;2000&quot;"), "feel.certain_mismatch"),
        (INCOME + literal("for x in [income] return y"), "feel.unknown_name"),
        (
            '<informationRequirement><requiredInput href="#none"/></informationRequirement>' + literal("1"),
            "dmn.dangling",
        ),
        (
            '<informationRequirement><requiredDecision href="#d"/></informationRequirement>' + literal("1"),
            "dmn.cycle",
        ),
        ("", "dmn.no_logic"),
        (INCOME + TABLE.format("UNIQUE", ROW.format('"text"')), "feel.column_mismatch"),
        (INCOME + TABLE.format("UNIQUE", ROW.format("&lt;")), "feel.unfinished"),
        (
            INCOME + TABLE.format("UNIQUE", "<rule><outputEntry><text>1</text></outputEntry></rule>"),
            "table.columns",
        ),
        (INCOME + TABLE.format("SOME", ROW.format("-")), "table.hit_policy"),
        (INCOME + TABLE.format("PRIORITY", ROW.format("-")), "table.priority_values"),
        ('<literalExpression typeRef="tNone"><text>1</text></literalExpression>', "feel.unknown_type"),
        ("<conditional/>", "dmn.unsupported"),
    ],
)
def test_a_check_finds_what_is_wrong(definitions, logic, code):
    assert code in [each.code for each in lang.check(broken(definitions, logic))]


def test_allowed_values_that_cannot_be_read_are_found(definitions):
    item = '<itemDefinition name="t"><typeRef>string</typeRef><allowedValues><text>"a</text></allowedValues></itemDefinition>'
    assert [each.code for each in lang.check(definitions(item))] == ["feel.string"]


def test_a_constant_outside_the_domain_of_its_column_is_found(definitions):
    item = '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"一类", "二类"</text></allowedValues></itemDefinition>'
    typed = TABLE.format("FIRST", ROW.format('"一类"') + ROW.format('"二类", "三类"') + ROW.format("-"))
    typed = typed.replace("<inputExpression>", '<inputExpression typeRef="tGrade">')
    model = definitions(f'{item}<decision id="d" name="d"><variable name="d"/>{typed}</decision>')
    found = [each for each in lang.check(model) if each.code == "table.outside"]
    assert [(each.place.row, each.params["value"]) for each in found] == [(2, '"三类"')]


def test_a_result_of_another_type_than_declared_is_found(definitions):
    model = definitions(
        f'<decision id="d" name="d"><variable name="d" typeRef="number"/>{literal("string(1)")}</decision>'
    )
    assert [each.code for each in lang.check(model)] == ["feel.certain_result"]


def test_a_problem_names_row_and_column(definitions):
    model = broken(definitions, INCOME + TABLE.format("UNIQUE", ROW.format("-") + ROW.format("[1..")))
    found = lang.check(model)
    assert [(each.place.element, each.place.row, each.place.column) for each in found] == [("d", 2, "income")]
    assert str(found[0]).startswith("'d', row 2, column 'income', at character 5")


def test_a_sound_model_has_no_problems(definitions):
    assert lang.check(definitions(GRAPH)) == []


def test_passes_are_a_tuple_to_be_read_aloud():
    assert [each.__name__ for each in checking.PASSES] == [
        "graph",
        "cycles",
        "tables",
        "texts",
        "types",
        "names",
        "kinds",
        "domains",
    ]


def test_every_message_is_used_and_every_code_has_a_message():
    folder = Path(problems.__file__).parent
    code = "".join(
        path.read_text()
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and path.name != "problems.py"
    )
    unused = [each for each in problems.MESSAGES if f'"{each}"' not in code]
    assert unused == []


# Imports


def imported(inside: str, namespace: str, *imports: str) -> str:
    return (
        f'<definitions xmlns="{DMN}" name="{namespace}" namespace="{namespace}" id="d">'
        + "".join(
            f'<import name="{name}" namespace="{target}" importType="{DMN}"/>'
            for name, target in (each.split("=") for each in imports)
        )
        + f"{inside}</definitions>"
    )


DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
PERSON = imported(
    '<itemDefinition name="tName"><typeRef>string</typeRef></itemDefinition>'
    '<inputData id="p" name="Person name"><variable name="Person name" typeRef="tName"/></inputData>'
    '<decision id="g" name="Greeting"><variable name="Greeting" typeRef="string"/>'
    '<informationRequirement><requiredInput href="#p"/></informationRequirement>'
    '<literalExpression><text>"Hello, " + Person name</text></literalExpression></decision>',
    "urn:a",
)


def importing(namespace: str, alias: str) -> str:
    return imported(
        '<decision id="e" name="Evaluation"><variable name="Evaluation" typeRef="string"/>'
        '<informationRequirement><requiredDecision href="urn:a#g"/></informationRequirement>'
        f"<literalExpression><text>{alias + '.' if alias else ''}Greeting</text></literalExpression></decision>",
        namespace,
        f"{alias}=urn:a",
    )


def test_an_imported_input_has_the_value_given_below_the_import_that_leads_to_it(decide):
    a = lang.load(PERSON)
    library = {"urn:a": a}
    library |= {name: lang.load(importing(name, "model A"), library=library) for name in ("urn:b", "urn:b2")}
    both = imported(
        '<decision id="x" name="Both"><variable name="Both" typeRef="string"/>'
        '<informationRequirement><requiredDecision href="urn:b#e"/></informationRequirement>'
        '<informationRequirement><requiredDecision href="urn:b2#e"/></informationRequirement>'
        "<literalExpression><text>B.Evaluation + B2.Evaluation</text></literalExpression></decision>",
        "urn:c", "B=urn:b", "B2=urn:b2",
    )  # fmt: skip
    model = lang.load(both, library=library)
    facts = {"B": {"model A": {"Person name": "Li"}}, "B2": {"model A": {"Person name": "Ma"}}}
    found = decide(model, facts)
    assert found.outcome == "Hello, LiHello, Ma"
    assert found.used == {"B.model A.Person name": "Li", "B2.model A.Person name": "Ma"}
    assert decide(model, {"Person name": "An"}).outcome == "Hello, AnHello, An"


def test_an_import_without_a_name_adds_its_elements_to_the_model_itself(decide):
    model = lang.load(importing("urn:b", ""), library={"urn:a": lang.load(PERSON)})
    assert lang.check(model) == []
    assert decide(model, {"Person name": "Li"}).outcome == "Hello, Li"


def test_several_imports_may_be_without_a_name(decide):
    other = imported(
        '<inputData id="a" name="Age"><variable name="Age" typeRef="number"/></inputData>', "urn:o"
    )
    both = imported(
        '<decision id="x" name="Both"><variable name="Both" typeRef="string"/>'
        '<informationRequirement><requiredDecision href="urn:a#g"/></informationRequirement>'
        '<informationRequirement><requiredInput href="urn:o#a"/></informationRequirement>'
        "<literalExpression><text>Greeting + string(Age)</text></literalExpression></decision>",
        "urn:c", "=urn:a", "=urn:o",
    )  # fmt: skip
    model = lang.load(both, library={"urn:a": lang.load(PERSON), "urn:o": lang.load(other)})
    assert decide(model, {"Person name": "Li", "Age": 60}).outcome == "Hello, Li60"


# Types


def test_allowed_values_are_about_each_element_and_a_constraint_about_the_whole_list(decide, definitions):
    model = definitions(
        '<itemDefinition name="tMarks" isCollection="true"><typeRef>number</typeRef>'
        "<allowedValues><text>[0..5]</text></allowedValues>"
        "<typeConstraint><text>count(?) &lt;= 2</text></typeConstraint></itemDefinition>"
        '<inputData id="i" name="marks"><variable name="marks" typeRef="tMarks"/></inputData>'
        '<decision id="d" name="sum of marks"><variable name="sum of marks" typeRef="number"/>'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        "<literalExpression><text>sum(marks)</text></literalExpression></decision>"
    )
    assert decide(model, {"marks": [1, 5]}).outcome == D(6)
    assert decide(model, {"marks": [1, 6]}).outcome is None
    assert decide(model, {"marks": [1, 2, 3]}).outcome is None


@pytest.mark.parametrize(
    ("domain", "expected"), [("1..3", [1, 2, 3]), ("3..1", [3, 2, 1]), ("[1..3]", [1, 2, 3])]
)
def test_a_boxed_loop_goes_over_whatever_a_written_one_may(decide, definitions, domain, expected):
    model = definitions(
        '<decision id="d" name="all"><variable name="all"/><for iteratorVariable="i">'
        f"<in><literalExpression><text>{domain}</text></literalExpression></in>"
        "<return><literalExpression><text>i</text></literalExpression></return></for></decision>"
    )
    assert decide(model, {}).outcome == expected
