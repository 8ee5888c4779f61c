"""Lists: narrowed by plain fields, by `search` and by JsonLogic, sorted, and given a page at a time."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from autoretrain_tests.cvat.server.calls import Call, Refusal

Fields = Mapping[str, Callable[[Any], Any]]
"""What a list may be narrowed and sorted by, each read from a record."""


def listed(
    call: Call, records: Iterable[Any], fields: Fields, search: Iterable[str], body: Callable, sort: str
) -> dict:
    """The page that was asked for; `sort` is the order where none was asked for."""
    kept = [record for record in records if _plain(call, fields, record) and _found(call, fields, search, record)]
    if logic := call.query.get("filter"):
        kept = [record for record in kept if _truth(json.loads(logic), fields, record)]
    for key in reversed((call.query.get("sort") or sort).split(",")):
        kept.sort(key=lambda record: _comparable(_read(fields, key.lstrip("-"), record)), reverse=key.startswith("-"))
    return _page(call, kept, body)


def _page(call: Call, records: list[Any], body: Callable) -> dict:
    page, size = int(call.query.get("page") or 1), min(int(call.query.get("page_size") or 10), 500)
    first, last = (page - 1) * size, page * size
    if page < 1 or (first >= len(records) and page > 1):
        raise Refusal(404, {"detail": "Invalid page."})
    return {
        "count": len(records),
        "next": _link(call, page + 1) if last < len(records) else None,
        "previous": _link(call, page - 1) if page > 1 else None,
        "results": [body(record) for record in records[first:last]],
    }


def _link(call: Call, page: int) -> str:
    return f"{call.origin}{call.path}?{urlencode(call.query | {'page': page})}"


def _plain(call: Call, fields: Fields, record: Any) -> bool:
    """A field in the query is met when its text is the same; one that is unknown is not looked at."""
    wanted = [(fields[name](record), said) for name, said in call.query.items() if name in fields]
    return all(_text(value) == (said.lower() if isinstance(value, bool) else said) for value, said in wanted)


def _found(call: Call, fields: Fields, search: Iterable[str], record: Any) -> bool:
    said = call.query.get("search", "").lower()
    return not said or any(said in _text(fields[name](record)).lower() for name in search)


def _read(fields: Fields, name: str, record: Any) -> Any:
    if name not in fields:
        raise Refusal(400, [f"filter: {name} term is not supported"])
    return fields[name](record)


def _truth(logic: Any, fields: Fields, record: Any) -> Any:
    """What a JsonLogic expression says of a record."""
    if not isinstance(logic, dict):
        return logic
    [(operator, operands)] = logic.items()
    if operator == "var":
        return _read(fields, operands, record)
    operands = operands if isinstance(operands, list) else [operands]
    said = [_truth(operand, fields, record) for operand in operands]
    if operator not in _OPERATORS:
        raise Refusal(400, [f"filter: {operator} operation is not supported with arguments"])
    return _OPERATORS[operator](*said)


def _inside(needle: Any, hay: Any) -> bool:
    """In a list of values, or within a text whatever its case."""
    return needle in hay if isinstance(hay, list) else _text(needle).lower() in _text(hay).lower()


_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "and": lambda *said: all(said),
    "or": lambda *said: any(said),
    "!": lambda said: not said,
    "!!": bool,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "in": _inside,
    "<": lambda *said: all(left < right for left, right in pairwise(said)),
    "<=": lambda *said: all(left <= right for left, right in pairwise(said)),
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _comparable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
