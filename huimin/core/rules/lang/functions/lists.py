"""Functions on lists: counting, adding up, and making new lists; positions count from 1, or from the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cmp_to_key, reduce
from itertools import islice

from .. import arithmetic, logic
from ..values import MAX_ITEMS, NUMBERS, Function, Value, kind, number, whole
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
MAX_COMPARED = 2000


# Counting and truth


@declare("list contains(list: list, element: any) -> boolean")
def list_contains(items: list[Value], element: Value) -> Value:
    """Whether an element of the list equals a value; null equals null."""
    return any(logic.same(item, element) for item in items)


@declare("count(list: list) -> number")
def count(items: list[Value]) -> Value:
    """The number of elements, nulls included."""
    return number(len(items))


@declare("all(list...: any) -> boolean")
def all_true(items: list[Value]) -> Value:
    """true when every element is, false when one is false, else null."""
    return _certain(logic.all_of(logic.truth(item) for item in items), items)


@declare("any(list...: any) -> boolean")
def any_true(items: list[Value]) -> Value:
    """true when an element is, false when all are false, else null."""
    return _certain(logic.any_of(logic.truth(item) for item in items), items)


def _certain(found: logic.Truth, items: list[Value]) -> logic.Truth:
    if found is None and not all(item is None or isinstance(item, bool) for item in items):
        raise NoResultError("an element is not true or false")
    return found


# Adding up


def _numbers(items: Iterable[Value]) -> list[Decimal]:
    found = list(items)
    if not all(isinstance(item, Decimal) for item in found):
        raise NoResultError("an element is not a number")
    return found


def _filled(items: list[Value]) -> list[Value]:
    if not items:
        raise NoResultError("the list is empty")
    return items


@declare("sum(list...: any)")
def total(items: list[Value]) -> Value:
    """The sum of numbers or of durations of one kind; null for an empty list."""
    _filled(items)
    try:
        return (
            reduce(lambda left, right: arithmetic.calculate("+", left, right), items)
            if _summable(items)
            else None
        )
    except arithmetic.NotDefinedError:
        raise NoResultError("the elements cannot be added") from None


def _summable(items: list[Value]) -> bool:
    if isinstance(items[0], Decimal) or not isinstance(items[0], str | bool | list | dict | None):
        return True
    raise NoResultError("an element is not a number")


@declare("product(list...: any) -> number")
def product(items: list[Value]) -> Value:
    """The product of numbers; null for an empty list."""
    return reduce(lambda left, right: number(NUMBERS.multiply(left, right)), _numbers(_filled(items)))


@declare("mean(list...: any)")
def mean(items: list[Value]) -> Value:
    """The sum divided by the count."""
    added = total(items)
    return arithmetic.calculate("/", added, number(len(items)))


@declare("median(list...: any) -> number")
def median(items: list[Value]) -> Value:
    """The middle number, or the mean of the two middle ones."""
    ordered = sorted(_numbers(_filled(items)))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return arithmetic.calculate("/", NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@declare("stddev(list...: any) -> number")
def standard_deviation(items: list[Value]) -> Value:
    """The standard deviation of a sample of at least two numbers."""
    found = _numbers(items)
    if len(found) < 2:
        raise NoResultError("fewer than two numbers")
    middle = NUMBERS.divide(sum(found, Decimal(0)), Decimal(len(found)))
    squares = [NUMBERS.power(NUMBERS.subtract(each, middle), 2) for each in found]
    spread = reduce(NUMBERS.add, squares)
    return number(NUMBERS.sqrt(NUMBERS.divide(spread, Decimal(len(found) - 1))))


@declare("mode(list...: any) -> list")
def mode(items: list[Value]) -> Value:
    """The numbers that occur most often, in order."""
    found = _numbers(items)
    counts = Counter(found)
    most = max(counts.values(), default=0)
    return sorted(each for each, times in counts.items() if times == most)


def _extreme(items: list[Value], sign: str) -> Value:
    best = _filled(items)[0]
    for item in items:
        found = logic.compare(sign, item, best)
        if found is None and logic.compare("<=", item, best) is None:
            raise NoResultError("the elements cannot be compared")
        best = item if found else best
    return best


@declare("min(list...: any)")
def smallest(items: list[Value]) -> Value:
    """The smallest element."""
    return _extreme(items, "<")


@declare("max(list...: any)")
def largest(items: list[Value]) -> Value:
    """The largest element."""
    return _extreme(items, ">")


# New lists


def _index(items: list[Value], position: Decimal) -> int:
    """A position as a Python index; decimals are cut off, as the test kit has it."""
    found = int(position)
    if not found or abs(found) > len(items):
        raise NoResultError(f"there is no position {position} in a list of {len(items)}")
    return found - 1 if found > 0 else len(items) + found


@declare("sublist(list: list, start position: number, length?: number) -> list")
def sublist(items: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    """The elements from a position on, at most length of them."""
    first = _index(items, start)
    taken = len(items) if length is None else whole(length)
    if taken is None or taken < 0 or (length is not None and first + taken > len(items)):
        raise NoResultError("the length goes beyond the list")
    return items[first : first + taken]


@declare("append(list: list, item...: any) -> list")
def append(items: list[Value], added: list[Value]) -> Value:
    """The list with values put after it."""
    return _bounded([*items, *added])


@declare("concatenate(list...: any) -> list")
def concatenate(lists: list[Value]) -> Value:
    """Several lists in one."""
    if any(each is None for each in lists):
        raise NoResultError("an argument is null, not a list")
    return _bounded(item for each in lists for item in (each if isinstance(each, list) else [each]))


@declare("insert before(list: list, position: number, newItem: any) -> list")
def insert_before(items: list[Value], position: Decimal, item: Value) -> Value:
    """The list with a value put before a position."""
    index = _index(items, position)
    return [*items[:index], item, *items[index:]]


@declare("remove(list: list, position: number) -> list")
def remove(items: list[Value], position: Decimal) -> Value:
    """The list without the element at a position."""
    index = _index(items, position)
    return [*items[:index], *items[index + 1 :]]


@declare("list replace(list: list, position: number, newItem: any) -> list")
def list_replace(items: list[Value], position: Decimal, item: Value) -> Value:
    """The list with the element at a position replaced."""
    index = _index(items, position)
    return [*items[:index], item, *items[index + 1 :]]


@declare("list replace(list: list, match: function, newItem: any) -> list")
def list_replace_matching(items: list[Value], match: Function, item: Value) -> Value:
    """The list with every element replaced for which match(element, new item) is true."""
    found = [match.call([each, item]) for each in items]
    if not all(isinstance(each, bool) for each in found):
        raise NoResultError("the function does not give true or false")
    return [item if hit else each for each, hit in zip(items, found, strict=True)]


@declare("reverse(list: list) -> list")
def reverse(items: list[Value]) -> Value:
    """The list from its end to its start."""
    return items[::-1]


@declare("index of(list: list, match: any) -> list")
def index_of(items: list[Value], match: Value) -> Value:
    """The positions of the elements that equal a value."""
    return [number(place) for place, item in enumerate(items, 1) if logic.same(item, match)]


def _distinct(items: Iterable[Value]) -> list[Value]:
    kept: list[Value] = []
    # What Python's own equality decides is looked up, only the rest is compared one by one.
    plain: set[tuple[str, Value]] = set()
    others: list[Value] = []
    for item in items:
        if item is None or isinstance(item, bool | str | Decimal):
            key = (kind(item), item)
            if key in plain:
                continue
            plain.add(key)
        elif any(logic.same(item, each) for each in others):
            continue
        else:
            others.append(item)
            if len(others) > MAX_COMPARED:
                raise NoResultError(f"the list has more than {MAX_COMPARED} different elements")
        kept.append(item)
    return kept


@declare("distinct values(list: list) -> list")
def distinct_values(items: list[Value]) -> Value:
    """The list without repetitions."""
    return _distinct(items)


@declare("union(list...: any) -> list")
def union(lists: list[Value]) -> Value:
    """Several lists in one, without repetitions."""
    return _distinct(concatenate(lists))


@declare("flatten(list: list) -> list")
def flatten(items: list[Value]) -> Value:
    """The elements of a list and of the lists in it, at every depth."""
    return _bounded(_flat(items))


def _flat(items: list[Value]) -> Iterator[Value]:
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            yield item
        else:
            waiting.pop()


def _bounded(items: Iterable[Value]) -> list[Value]:
    """A list that is made anew; one that is too long is no result."""
    found = list(islice(items, MAX_ITEMS + 1))
    if len(found) > MAX_ITEMS:
        raise NoResultError(f"the list would have more than {MAX_ITEMS} elements")
    return found


@declare("sort(list: list, precedes?: function) -> list")
def sort(items: list[Value], precedes: Function | None = None) -> Value:
    """The list in order: the natural one, or that of precedes(a, b)."""

    def before(left: Value, right: Value) -> Value:
        return logic.compare("<", left, right) if precedes is None else precedes.call([left, right])

    def order(left: Value, right: Value) -> int:
        first = before(left, right)
        if not isinstance(first, bool):
            raise NoResultError("the elements cannot be compared")
        return -1 if first else int(before(right, left) is True)

    return sorted(items, key=cmp_to_key(order))
