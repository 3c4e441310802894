"""Patterns of XPath in matches, replace and split, and that none of them can run away."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huimin.core.rules.lang.patterns import PatternError, compiled, machine
from huimin.core.rules.lang.patterns.reading import Reader


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("foobar", "^fo*b", "", True),
        ("foobar", "^Fo*bar", "i", True),
        ("a", "[a-z-[aeiou]]", "", False),
        ("b", "[a-z-[aeiou]]", "", True),
        ("m", r"\p{Lu}", "i", False),
        ("M", r"\p{L}\P{N}?", "", True),
        ("hello world", "hello[ ]world", "x", True),
        ("hello world", "hello\\ sworld", "x", True),
        ("hello world", r"\p{ I s B a s i c L a t i n }+", "x", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "m", True),
        ("axb", "a.b", "q", False),
        ("x1_", r"^\i\c*$", "", True),
        ("1x", r"^\i\c*$", "", False),
        ("中文", r"^\p{IsCJKUnifiedIdeographs}+$", "", True),
        ("𠮷", "^.$", "", True),
        ("aa", r"(.)\1", "", True),
        ("ab", r"(.)\1", "", False),
        ("b", r"(a)?\1b", "", True),
        ("a-b", r"^[\w-]+$", "", True),
    ],
)
def test_a_pattern_matches(feel, text, pattern, flags, expected):
    assert feel(f"matches({quoted(text)}, {quoted(pattern)}, {quoted(flags)})") is expected


@pytest.mark.parametrize(
    "pattern",
    ["[", "(", ")", "*", "a**", "a{2,1}", "a{x}", "a]", r"\q", r"\p{Xx}", r"(a)[\1]", r"(a)\2", r"(a\1)", "[z-a]",
     "(?=a)", "(?i)a", "[a-c-[b]d]", "a{1,2000}", "(" * 100],
)  # fmt: skip
def test_what_is_no_pattern_is_null_with_a_reason(feel, diagnosed, pattern):
    text = f'matches("a", {quoted(pattern)})'
    assert feel(text) is None
    assert diagnosed(text) == ["eval.result"]


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "flags", "expected"),
    [
        ("abracadabra", "a.*?a", "*", "", "*c*bra"),
        ("abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"),
        ("abc", "(b)", "$1$2x", "", "abxc"),
        ("abc", "(b)", "$12", "", "ab2c"),
        ("abc", "b", "[$0]", "", "a[b]c"),
        ("abc", "b", r"\$", "", "a$c"),
        ("a/b", "/", "$", "q", "a$b"),
        ("abc", "b", "$", "", None),
        ("abc", "x", "\\", "", None),
        ("abracadabra", ".*?", "$1", "", None),
        ("abc", "b", "x", "y", None),
    ],
)
def test_a_replacement_has_references(feel, text, pattern, replacement, flags, expected):
    words = ", ".join(map(quoted, (text, pattern, replacement, flags)))
    assert feel(f"replace({words})") == expected


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a*)*$", "(a|a)+$", "(.*)*x", "((a?){40}){2}b", "a*a*a*a*a*a*b"]
)
def test_no_pattern_runs_away(feel, pattern):
    assert feel(f'matches("{"a" * 60}!", "{pattern}")') is False


def test_a_text_that_is_too_long_for_a_pattern_is_null_with_a_reason(feel, diagnosed):
    text = f'matches("{"a" * 200_000}", "(a+)+(b+)+(c+)+(d+)+$")'
    assert feel(text) is None
    assert diagnosed(text) == ["eval.result"]


simple = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["?", "{1,2}", "{2}"])).map(lambda two: f"(?:{two[0]}){two[1]}"),
    ),
    max_leaves=6,
)


@given(simple, st.text("abc", max_size=8))
def test_the_machine_finds_what_backtracking_finds(pattern, text):
    assume(
        not compiled(pattern, "").occurs_in("")
    )  # after a match of no length Python goes on at the same place
    tree = Reader(pattern, "").read()
    slow = [
        spans[0] for spans in machine.matches(machine.program(tree, re.NOFLAG), text, tree_groups(pattern))
    ]
    fast = [(found.start, found.end) for found in compiled(pattern, "").all_in(text)]
    assert slow == fast


def tree_groups(pattern: str) -> int:
    reader = Reader(pattern, "")
    reader.read()
    return reader.groups


@given(st.text("ab()[]{}*+?|\\^$.-1,pPdLu", max_size=12), st.sampled_from(["", "i", "x", "m"]))
def test_any_text_is_a_pattern_or_is_refused(text, flags):
    with contextlib.suppress(PatternError):
        assert compiled(text, flags).occurs_in("abab1-") in (True, False)
