"""A calculator that reads arithmetic and nothing else, and whose results have bounds.

An expression is read by Python's parser and walked by us: a name that is no function or constant of the table, an
attribute or a comparison is an error, not an access.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

Number: TypeAlias = int | float

LONGEST = 500
"""Characters of an expression."""
MOST_BITS = 4_096
"""Of a whole number: some 1,230 digits."""
DIGITS = 12
"""Of a number with a fraction that are said: beyond them a float errs."""


class Unreckonable(ValueError):
    """An expression has no value here; one line says why."""


def _bits(value: Number) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _power(base: Number, exponent: Number) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if _bits(base) * exponent > MOST_BITS and abs(base) > 1:
            raise Unreckonable("the result is too large")
        return base**exponent
    return float(base) ** float(exponent)


def _product(left: Number, right: Number) -> Number:
    if _bits(left) + _bits(right) > MOST_BITS:
        raise Unreckonable("the result is too large")
    return left * right


def _factorial(n: Number) -> int:
    if not isinstance(n, int) or not 0 <= n <= 450:
        raise Unreckonable("factorial takes a whole number from 0 to 450")
    return math.factorial(n)


def _combinations(n: Number, k: Number) -> int:
    if not (isinstance(n, int) and isinstance(k, int) and 0 <= k <= n <= MOST_BITS):
        raise Unreckonable(f"comb takes whole numbers, 0 <= k <= n <= {MOST_BITS}")
    return math.comb(n, k)


def _rounded(value: Number, digits: Number = 0) -> Number:
    if not isinstance(digits, int) or abs(digits) > 400:
        raise Unreckonable("round takes a number and a number of digits")
    return round(value, digits) if digits else round(value)


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _product,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "round": _rounded,
    "min": min,
    "max": max,
    "sum": lambda *values: sum(values),
    "sqrt": math.sqrt,
    "cbrt": math.cbrt,
    "exp": math.exp,
    "log": math.log,
    "ln": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "degrees": math.degrees,
    "radians": math.radians,
    "floor": math.floor,
    "ceil": math.ceil,
    "hypot": math.hypot,
    "factorial": _factorial,
    "comb": _combinations,
}
KNOWN = (*_FUNCTIONS, *_CONSTANTS)
"""Names that may stand in an expression."""
_SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**"})


def calculated(expression: str) -> str:
    """The value of an expression, in digits.

    Raises:
        Unreckonable: It has none here.
    """
    text = expression.strip().translate(_SPELLINGS)
    if not text or len(text) > LONGEST:
        raise Unreckonable(f"an expression has 1 to {LONGEST} characters")
    try:
        value = _value(ast.parse(text, mode="eval").body)
    except ZeroDivisionError:
        raise Unreckonable("it divides by zero") from None
    except OverflowError:
        raise Unreckonable("the result is too large") from None
    except (SyntaxError, RecursionError, MemoryError):
        raise Unreckonable(f"{expression.strip()!r} is no arithmetic") from None
    except (ValueError, TypeError) as error:
        raise error if isinstance(error, Unreckonable) else Unreckonable(str(error)) from None
    return _written(value)


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
            found: Any = value
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            found = _BINARY[type(op)](_value(left), _value(right))
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            found = _UNARY[type(sign)](_value(operand))
        case ast.Name(id=name) if name in _CONSTANTS:
            found = _CONSTANTS[name]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            found = _FUNCTIONS[name](*map(_value, arguments))
        case _:
            known = f"there are + - * / // % ** and {', '.join(KNOWN)}"
            raise Unreckonable(f"{ast.unparse(node)!r} is no arithmetic; {known}")
    if isinstance(found, complex):
        raise Unreckonable("the result is not a real number")
    if isinstance(found, int) and _bits(found) > MOST_BITS:
        raise Unreckonable("the result is too large")
    number: Number = found
    return number


def _written(value: Number) -> str:
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise Unreckonable("the result is too large")
    if value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return f"{value:.{DIGITS}g}"
