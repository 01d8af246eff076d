"""Figures, and how they are shown: beside their goals and beside what the machine can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """A value to reach; the best peer's, measured on the same kind of machine, beside it."""

    value: float
    sense: Literal["at least", "at most", "below"]
    peer: str = ""

    def met(self, value: float) -> bool:
        match self.sense:
            case "at least":
                return value >= self.value
            case "at most":
                return value <= self.value
            case "below":
                return value < self.value


@dataclass(frozen=True, slots=True)
class Figure:
    benchmark: str
    name: str
    value: float
    unit: str
    goal: Goal | None = None
    limit: str = ""
    """Name of the machine's limit that this is compared with; the ratio is value over limit."""
    note: str = ""


def better(figures: Iterable[Figure], again: Iterable[Figure]) -> list[Figure]:
    """The figures, each with the better value of those that were measured again."""
    second = {(one.benchmark, one.name): one for one in again}
    found = []
    for first in figures:
        other = second.get((first.benchmark, first.name), first)
        pick = max if first.unit == "/s" else min
        found.append(pick(first, other, key=lambda one: one.value))
    return found


def as_json(figures: Iterable[Figure]) -> list[dict[str, object]]:
    every = list(figures)
    limits = _limits(every)
    return [
        {
            "benchmark": one.benchmark,
            "name": one.name,
            "value": round(one.value, 4),
            "unit": one.unit,
            "goal": f"{one.goal.sense} {one.goal.value:g}" if one.goal else None,
            "met": one.goal.met(one.value) if one.goal else None,
            "peer": one.goal.peer if one.goal else None,
            "of_limit": one.limit or None,
            "ratio": _ratio(one, limits),
            "note": one.note,
        }
        for one in every
    ]


def as_table(figures: Iterable[Figure]) -> str:
    """Lines of columns; a goal that is not met has a cross."""
    every = list(figures)
    limits = _limits(every)
    rows = [("what", "measured", "goal", "", "best peer", "of the machine's limit", "note")]
    for one in every:
        goal = f"{one.goal.sense} {one.goal.value:g}" if one.goal else ""
        mark = ("✓" if one.goal.met(one.value) else "✗") if one.goal else ""
        ratio = _ratio(one, limits)
        rows.append(
            (
                f"{one.benchmark}: {one.name}",
                f"{_number(one.value)} {one.unit}",
                goal,
                mark,
                one.goal.peer if one.goal else "",
                f"{ratio:.2f} of {one.limit}" if ratio is not None else "",
                one.note,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = []
    for index, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
        if index == 0:
            lines.append("  ".join("─" * width for width in widths))
    return "\n".join(lines)


def _limits(figures: Iterable[Figure]) -> Mapping[str, float]:
    return {one.name: one.value for one in figures if one.benchmark == "machine"}


def _ratio(figure: Figure, limits: Mapping[str, float]) -> float | None:
    limit = limits.get(figure.limit)
    return None if not limit else round(figure.value / limit, 4)


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
