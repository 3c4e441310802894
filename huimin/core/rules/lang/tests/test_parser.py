"""Reading FEEL: names, precedence, tests, and messages that say where."""

from __future__ import annotations

import pytest

from huimin.core.rules.lang import tree
from huimin.core.rules.lang.names import Names
from huimin.core.rules.lang.parser import Surroundings, parse_expression, parse_tests, parse_type
from huimin.core.rules.lang.scanner import FeelError
from huimin.core.rules.lang.schema import BUILT_IN, ListType, Unknown

N = tree.Name


def read(text, *names, members=()):
    return parse_expression(text, Surroundings(Names(names), Names(members)))


def test_the_longest_name_in_scope_wins():
    assert read("loan or credit", "loan or credit") == N("loan or credit")
    assert read("loan or credit", "loan", "credit") == tree.Disjunction(N("loan"), N("credit"))
    assert read("a-b", "a-b") == N("a-b")
    assert read("a-b", "a") == tree.Arithmetic("-", N("a"), N("b"))


def test_a_name_in_scope_may_be_broken_over_lines():
    assert read("人均\n  收入 + 1", "人均 收入").left == N("人均 收入")


def test_a_name_ends_where_its_last_word_ends():
    assert read("net incomes", "net income", "net incomes") == N("net incomes")
    with pytest.raises(FeelError):
        read("net incomes", "net income")


def test_chinese_and_rare_characters_make_names():
    assert read("家庭.人均收入") == tree.Path(N("家庭"), "人均收入")
    assert read("𠮷") == N("𠮷")


def test_a_name_in_scope_may_start_with_a_digit_or_a_full_width_sign():
    assert read("2023年收入 * 2", "2023年收入").left == N("2023年收入")
    assert read("（税前）收入 > 0", "（税前）收入").left == N("（税前）收入")
    assert read("2023 * 2", "2023年收入").left == tree.Literal(2023)


def test_members_with_spaces_are_known_from_types_and_earlier_keys():
    assert read("x.first name", members=["first name"]) == tree.Path(N("x"), "first name")
    assert read("{first name: 1}.first name").member == "first name"


def test_precedence_from_or_to_filters():
    assert read("a or b and c") == tree.Disjunction(N("a"), tree.Conjunction(N("b"), N("c")))
    assert read("a + b * c = d").left == tree.Arithmetic("+", N("a"), tree.Arithmetic("*", N("b"), N("c")))
    assert read("-a ** b") == tree.Arithmetic("**", tree.Negation(N("a")), N("b"))
    assert read("a.b[c](d)") == tree.Call(tree.Filter(tree.Path(N("a"), "b"), N("c")), (N("d"),))
    assert isinstance(read("a between b and c and d"), tree.Conjunction)


def test_ranges_may_be_closed_open_or_unbounded():
    assert read("[a..b)") == tree.RangeOf(N("a"), N("b"), True, False)
    assert read("]a..b[") == tree.RangeOf(N("a"), N("b"), False, False)
    assert read("(a..b]") == tree.RangeOf(N("a"), N("b"), False, True)
    assert read("(< a)") == tree.RangeOf(None, N("a"), False, False)
    assert read("(>= a)") == tree.RangeOf(N("a"), None, True, False)


def test_strings_know_their_escapes():
    assert read(r'"a\n\t\"\\\u674e\U01F40E"').value == 'a\n\t"\\李🐎'


def test_comments_are_skipped():
    assert read("1 /* one\n */ + // two\n 2") == read("1+2")


def test_at_literals_are_read_once_and_bad_ones_are_kept_as_text():
    assert read('@"2024-02-29"').value.year == 2024
    assert read('@"2023-02-29"') == tree.BadLiteral("2023-02-29")


def test_types_are_read_with_their_parts():
    assert read("x instance of years and months duration").type is BUILT_IN["years and months duration"]
    assert read("x instance of list<number>").type == ListType("list<number>", BUILT_IN["number"])
    assert str(read("x instance of function<number, string> -> boolean").type).startswith("function<")
    assert (
        read("x instance of context<first name: string, age: number>").type.member("first name").name
        == "string"
    )
    assert parse_type("nowhere", {}) == Unknown("nowhere")


def test_an_empty_cell_and_a_dash_are_any():
    for text in ("", "  ", "-", " - "):
        assert parse_tests(text, Surroundings()) == tree.AnyTest()


def test_cells_hold_tests():
    def cell(text):
        return parse_tests(text, Surroundings())

    assert cell("< 5, [6..7)").tests[0] == tree.OperatorTest("<", tree.Literal(5))
    assert isinstance(cell('not("a", "b")'), tree.NotTest)
    assert isinstance(cell("not(a) and b"), tree.AnyOf)
    assert cell("contains(?, x)").tests[0].conditional
    assert cell("-5").tests[0].expression == tree.Negation(tree.Literal(5))


def test_nodes_know_where_they_stand():
    node = read("1 + foo(2)")
    assert (node.right.start, node.right.end) == (4, 10)
    assert (node.start, node.end) == (0, 10)


@pytest.mark.parametrize(
    ("text", "code", "start"),
    [
        ("1 +", "feel.unfinished", 3),
        ("(1", "feel.unfinished", 2),
        ("1 2", "feel.unexpected", 2),
        ("if a then b", "feel.unfinished", 11),
        ('"open', "feel.string", 0),
        ("f(1，2)", "feel.full_width", 3),
        ("a ＞ 5", "feel.full_width", 2),
        ("#", "feel.character", 0),
        ("x in ()", "feel.unexpected", 6),
        ("{a 1}", "feel.unexpected", 1),
        ("(" * 200 + "1" + ")" * 200, "feel.depth", 80),
        (" or ".join(["a"] * 5000), "feel.depth", 0),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(text, code, start):
    with pytest.raises(FeelError) as caught:
        read(text)
    assert (caught.value.code, caught.value.start) == (code, start)
