"""External functions: methods of Java that have one plain meaning, by class and signature."""

from __future__ import annotations

from decimal import Decimal as D

import pytest


def call(java_class: str, signature: str, arguments: str, names: str = "a, b") -> str:
    mapping = f'{{java: {{class: "{java_class}", method signature: "{signature}"}}}}'
    return f"(function({names}) external {mapping})({arguments})"


@pytest.mark.parametrize(
    ("java_class", "signature", "arguments", "names", "expected"),
    [
        ("java.lang.Math", "max(int, int)", "1, 2", "a, b", D(2)),
        ("java.lang.Math", "max(float,float)", "1.5, 123.46", "a, b", D("123.46")),
        ("java.lang.Math", "cos(double)", "0", "a", D(1)),
        ("java.lang.Math", "round(double)", "2.5", "a", D(3)),
        ("java.lang.Integer", "valueOf(java.lang.String)", '"12"', "a", D(12)),
        ("java.lang.Double", "valueOf(java.lang.String)", '"12.5"', "a", D("12.5")),
        ("java.lang.Boolean", "parseBoolean(java.lang.String)", '"TRUE"', "a", True),
        ("java.lang.String", "format(java.lang.String,[Ljava.lang.Object;)", '"%s is %.2f", ["it", 1.005]', "a, b",
         "it is 1.01"),
        ("java.lang.String", "format(java.lang.String, java.lang.String...)", '"%5s|%-5s|", ["a", "b"]', "a, b",
         "    a|b    |"),
        ("java.lang.String", "valueOf(java.lang.Object)", "null", "a", "null"),
    ],
)  # fmt: skip
def test_a_method_of_java_is_done_here(feel, java_class, signature, arguments, names, expected):
    assert feel(call(java_class, signature, arguments, names)) == expected


@pytest.mark.parametrize(
    ("java_class", "signature", "arguments"),
    [
        ("java.lang.System", "exit(int)", "0, 1"),
        ("java.lang.Math", "nothing(int,int)", "1, 2"),
        ("java.lang.Math", "max(int,int)", '"1", 2'),
        ("java.lang.Math", "max(int,int)", "null, 2"),
        ("java.lang.Math", "max(int,int)", "99999999999, 2"),
        ("java.lang.Math", "max", "1, 2"),
        ("java.lang.Math", "pow(double,double)", "-1, 0.5"),
        ("java.lang.Math", "max(int)", "1, 2"),
        ("java.lang.String", "format(java.lang.String,[Ljava.lang.Object;)", '"%d", [1]'),
        ("java.lang.String", "format(java.lang.String,[Ljava.lang.Object;)", '"%s %s", ["a"]'),
        ("java.lang.String", "format(java.lang.String,[Ljava.lang.Object;)", '"%99999999s", ["a"]'),
    ],
)
def test_any_other_is_null_with_a_reason(feel, diagnosed, java_class, signature, arguments):
    text = call(java_class, signature, arguments)
    assert feel(text) is None
    assert diagnosed(text) == ["eval.external"]


def test_a_business_knowledge_model_may_be_a_method_of_java(decide, definitions):
    model = definitions(
        '<businessKnowledgeModel id="k" name="larger"><variable name="larger"/>'
        '<encapsulatedLogic kind="Java"><formalParameter name="a" typeRef="number"/>'
        '<formalParameter name="b" typeRef="number"/><context>'
        '<contextEntry><variable name="class"/><literalExpression><text>"java.lang.Math"</text>'
        '</literalExpression></contextEntry><contextEntry><variable name="method signature"/>'
        '<literalExpression><text>"max(double, double)"</text></literalExpression></contextEntry>'
        "</context></encapsulatedLogic></businessKnowledgeModel>"
        '<decision id="d" name="found"><variable name="found" typeRef="number"/>'
        '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
        "<literalExpression><text>larger(b: 2.5, a: 1)</text></literalExpression></decision>"
    )
    assert decide(model, {}).outcome == D("2.5")
