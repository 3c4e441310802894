"""External functions: the small ones of Java's own library that rules name, done here; no Java is ever started.

A rule may name a static method by class and signature. What depends on its arguments alone and has one plain
meaning is done in Python with Java's number types; anything else is refused, which makes the call null.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from .functions import NoResultError
from .text import to_text
from .values import Value, number

_SIGNATURE = re.compile(r"\s*(\w+)\s*\(([^()]*)\)\s*")
_BITS = {"byte": 8, "short": 16, "int": 32, "long": 64}
_SHORT = {
    "Byte": "byte", "Short": "short", "Integer": "int", "Long": "long", "Float": "float", "Double": "double",
    "Boolean": "boolean", "Character": "char", "String": "String", "Object": "Object",
    "CharSequence": "String",
}  # fmt: skip
_FORMAT = re.compile(r"%(\d+\$)?([-#+ 0,(]*)(\d+)?(\.\d+)?([bBsScCdoxXeEfgn%])")
MAX_WIDTH = 10_000
_WIDE = Context(prec=2 * MAX_WIDTH)


def called(mapping: Value, values: Sequence[Value]) -> Value:
    """The result of the method that a mapping {java: {class, method signature}} names."""
    java = mapping.get("java", mapping) if isinstance(mapping, dict) else None
    if not isinstance(java, dict) or not isinstance(java.get("class"), str):
        raise NoResultError("the mapping does not name a Java class and a method signature")
    match = _SIGNATURE.fullmatch(str(java.get("method signature", "")))
    methods = _CLASSES.get(java["class"].strip())
    if match is None or methods is None or match[1] not in methods:
        raise NoResultError(
            f"{java['class']}, {java.get('method signature')}: not a method that is known here"
        )
    types = tuple(_type(each) for each in match[2].split(",") if each.strip())
    given = _taken(types, values)
    found = methods[match[1]](types, given)
    return _feel(found)


def _type(text: str) -> str:
    """The short name of a Java type; an array ends in []."""
    name = text.strip()
    if name.startswith("[L"):
        name = name[2:].rstrip(";") + "[]"
    array = name.endswith(("[]", "..."))
    plain = name.removesuffix("[]").removesuffix("...").strip()
    plain = _SHORT.get(plain.removeprefix("java.lang."), plain.removeprefix("java.math."))
    return f"{plain}[]" if array else plain


def _taken(types: tuple[str, ...], values: Sequence[Value]) -> list[Any]:
    """The arguments as Java would have them; the last of an array type takes a list or what is left."""
    if types and types[-1].endswith("[]"):
        last = len(types) - 1
        rest = list(values[last:])
        rest = rest[0] if len(rest) == 1 and isinstance(rest[0], list) else rest
        item = types[-1].removesuffix("[]")
        head = _taken(types[:last], values[:last])
        return [*head, [_java(item, each) for each in rest]]
    if len(types) != len(values):
        raise NoResultError(f"{len(values)} arguments given, the signature has {len(types)}")
    return [_java(wanted, value) for wanted, value in zip(types, values, strict=True)]


def _java(wanted: str, value: Value) -> Any:
    """A value of FEEL as a Java type."""
    if wanted == "Object":
        return value
    if wanted == "String" and (value is None or isinstance(value, str)):
        return value
    if wanted == "boolean" and isinstance(value, bool):
        return value
    if wanted == "char" and isinstance(value, str) and len(value) == 1:
        return value
    if isinstance(value, Decimal):
        if wanted in _BITS:
            return _whole(wanted, int(value))
        if wanted in ("float", "double"):
            return _single(float(value)) if wanted == "float" else float(value)
        if wanted == "BigDecimal":
            return value
        if wanted == "BigInteger" and value == value.to_integral_value():
            return int(value)
    raise NoResultError(f"{to_text(value)} cannot be given as a {wanted}")


def _whole(kind: str, value: int) -> int:
    half = 1 << (_BITS[kind] - 1)
    if not -half <= value < half:
        raise NoResultError(f"{value} does not fit into a {kind}")
    return value


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        raise NoResultError(f"{value} does not fit into a float") from None


@dataclass(frozen=True)
class _Float:
    """A result of Java's single precision, which is written with fewer digits."""

    value: float


def _feel(value: Any) -> Value:
    """What a method gives, as a value of FEEL."""
    if isinstance(value, _Float):
        digits = next(
            f"{value.value:.{n}g}"
            for n in range(1, 10)
            if _single(float(f"{value.value:.{n}g}")) == value.value
        )
        return number(Decimal(digits))
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NoResultError("the result is not a number")
        return number(Decimal(repr(value)))
    if isinstance(value, list):
        return [_feel(each) for each in value]
    return number(value)


Method = Callable[[tuple[str, ...], list[Any]], Any]


def _plain(body: Callable[..., Any]) -> Method:
    """A method that does not depend on which overload is meant; wrong arguments are no result."""

    def method(types: tuple[str, ...], given: list[Any]) -> Any:
        try:
            return body(*given)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as wrong:
            raise NoResultError(str(wrong)) from None

    return method


def _same(body: Callable[..., Any]) -> Method:
    """A method whose result is of the type of its arguments."""

    def method(types: tuple[str, ...], given: list[Any]) -> Any:
        kind = next((each for each in ("double", "float", "long", "int") if each in types), "")
        if not kind or not set(types) <= {"double", "float", "long", "int"}:
            raise NoResultError("there is no such method for these types")
        found = _plain(body)(types, [float(each) for each in given] if kind in ("float", "double") else given)
        if kind in _BITS:
            return _whole(kind, found)
        return _Float(_single(found)) if kind == "float" else found

    return method


def _real(body: Callable[..., float]) -> Method:
    return _plain(lambda *given: float(body(*(float(each) for each in given))))


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def _parsed(kind: str) -> Method:
    def body(text: Any) -> Any:
        if isinstance(text, str) and kind in _BITS:
            if not re.fullmatch(r"[+-]?\d+", text):
                raise NoResultError(f"{text!r} is not a whole number")
            return _whole(kind, int(text))
        if isinstance(text, str):
            if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?\s*", text):
                raise NoResultError(f"{text!r} is not a number")
            plain = float(text.strip().rstrip("fFdD"))
            return _Float(_single(plain)) if kind == "float" else plain
        return _Float(text) if kind == "float" else text

    return _plain(body)


def _formatted(pattern: str, values: list[Any]) -> str:
    """String.format for the conversions that have one plain meaning."""
    waiting = iter(values)

    def part(match: re.Match[str]) -> str:
        index, flags, width, precision, kind = match.groups()
        if kind in "%n":
            return "%" if kind == "%" else "\n"
        if int(width or 0) > MAX_WIDTH or int((precision or ".0")[1:]) > MAX_WIDTH:
            raise NoResultError("the width of a format is too large")
        value = values[int(index[:-1]) - 1] if index else next(waiting)
        text = _conversion(kind, flags, precision, value)
        if not width:
            return text
        if "0" in flags and kind in "dfxo":
            sign = text[:1] if text[:1] in ("-", "+") else ""
            return sign + text[len(sign) :].rjust(int(width) - len(sign), "0")
        return text.ljust(int(width)) if "-" in flags else text.rjust(int(width))

    try:
        return _FORMAT.sub(part, pattern)
    except (StopIteration, IndexError):
        raise NoResultError("the format names more arguments than there are") from None


def _conversion(kind: str, flags: str, precision: str | None, value: Any) -> str:
    if kind.lower() == "b":
        text = "false" if value is None or value is False else "true"
    elif kind.lower() == "s":
        text = _text(value)
        text = text[: int(precision[1:])] if precision else text
    elif kind.lower() == "c" and isinstance(value, str) and len(value) == 1:
        text = value
    elif kind == "f" and isinstance(value, Decimal):
        # Java rounds half up.
        rounded = value.quantize(Decimal(1).scaleb(-int((precision or ".6")[1:])), ROUND_HALF_UP, _WIDE)
        text = f"{rounded:{'+' if '+' in flags else ''}{',' if ',' in flags else ''}f}"
    elif kind in "dxX" and isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:{'+' if '+' in flags else ''}{',' if ',' in flags else ''}{kind}}"
    else:
        # Numbers of FEEL are decimals, which Java formats as f and s but not as d.
        raise NoResultError(f"%{kind} does not go with {_text(value)}")
    return text.upper() if kind.isupper() else text


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return to_text(value) if isinstance(value, bool) or not isinstance(value, float | int) else repr(value)


_ALIKE: dict[str, Method] = {
    "max": _same(max), "min": _same(min), "abs": _same(abs), "sum": _same(lambda a, b: a + b),
}  # fmt: skip
_MATH: dict[str, Method] = {
    **{name: _ALIKE[name] for name in ("max", "min", "abs")},
    **{
        name: _real(getattr(math, name))
        for name in ("sqrt", "cbrt", "exp", "log10", "log1p", "expm1", "sin", "cos", "tan", "asin", "acos", "atan",
                     "atan2", "sinh", "cosh", "tanh", "hypot")
    },
    "log": _real(math.log),
    "pow": _real(math.pow),
    "ceil": _real(math.ceil),
    "floor": _real(math.floor),
    "rint": _real(round),
    "round": _plain(_round),
    "signum": _real(lambda value: math.copysign(1, value) if value else value),
    "toRadians": _real(math.radians),
    "toDegrees": _real(math.degrees),
    "floorDiv": _same(lambda a, b: a // b),
    "floorMod": _same(lambda a, b: a % b),
    "addExact": _same(lambda a, b: a + b),
    "subtractExact": _same(lambda a, b: a - b),
    "multiplyExact": _same(lambda a, b: a * b),
    "negateExact": _same(lambda a: -a),
}  # fmt: skip
_INTEGER: Mapping[str, Method] = {
    "signum": _plain(lambda value: (value > 0) - (value < 0)),
    "compare": _plain(lambda a, b: (a > b) - (a < b)),
    "toString": _plain(str),
    **{name: _ALIKE[name] for name in ("max", "min", "sum")},
}
_CLASSES: dict[str, Mapping[str, Method]] = {
    "java.lang.Math": _MATH,
    "java.lang.StrictMath": _MATH,
    "java.lang.Byte": {**_INTEGER, "valueOf": _parsed("byte"), "parseByte": _parsed("byte")},
    "java.lang.Short": {**_INTEGER, "valueOf": _parsed("short"), "parseShort": _parsed("short")},
    "java.lang.Integer": {**_INTEGER, "valueOf": _parsed("int"), "parseInt": _parsed("int")},
    "java.lang.Long": {**_INTEGER, "valueOf": _parsed("long"), "parseLong": _parsed("long")},
    "java.lang.Float": {**_INTEGER, "valueOf": _parsed("float"), "parseFloat": _parsed("float")},
    "java.lang.Double": {**_INTEGER, "valueOf": _parsed("double"), "parseDouble": _parsed("double")},
    "java.lang.Boolean": {
        name: _plain(lambda text: text if isinstance(text, bool) else str(text).lower() == "true")
        for name in ("valueOf", "parseBoolean")
    }
    | {
        "toString": _plain(lambda value: str(value).lower()),
        "logicalAnd": _plain(lambda a, b: a and b),
        "logicalOr": _plain(lambda a, b: a or b),
        "logicalXor": _plain(lambda a, b: a != b),
    },
    "java.lang.Character": {
        "valueOf": _plain(lambda value: value),
        "toString": _plain(lambda value: value),
        "isDigit": _plain(lambda value: value.isdecimal()),
        "isLetter": _plain(lambda value: value.isalpha()),
        "toUpperCase": _plain(lambda value: value.upper()),
        "toLowerCase": _plain(lambda value: value.lower()),
    },
    "java.lang.String": {
        "format": _plain(_formatted),
        "valueOf": _plain(_text),
        "join": _plain(lambda between, parts: between.join(parts)),
    },
    "java.math.BigDecimal": {"valueOf": _plain(lambda value: value)},
    "java.math.BigInteger": {"valueOf": _plain(lambda value: value)},
}
