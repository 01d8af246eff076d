"""What the program tells people when something cannot be done: found in the code, so that no such
text is left without a translation.

    python -m tests.pages.problems       # those that no catalogue explains
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from node import errors
from tests.pages.words import catalogue

NODE = Path(errors.__file__).parent
ROOMS = ("actions", "aid", "social", "moderation", "media", "store", "web", "transport", "outbox")
"""What pages call. (What only apps, other servers and commands are told is for programs.)"""
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.EntraideError)
} - {"ConfigError", "EntraideError"}


def problems() -> dict[str, str]:
    """Text, with ``{}`` where a value stands → where it is said."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted((NODE / room).rglob("*.py")):
            for line, text in _told(path):
                found.setdefault(text, f"{path.relative_to(NODE)}:{line}")
    return found


def unexplained() -> dict[str, str]:
    """What neither has its English (French texts) nor its French (English ones)."""
    english, french = catalogue("en"), catalogue("fr")
    return {
        text: where
        for text, where in problems().items()
        if text not in english and text not in french
    }


def _told(path: Path) -> Iterator[tuple[int, str]]:
    tree = _tree(path)
    yield from _states(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in ERRORS:
            for text in _texts(node.args[0], tree):
                if sum(letter in string.ascii_letters for letter in text) > 3:
                    yield node.lineno, text


def _states(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """In which state something is, as it stands in problems."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "STATES_FR":
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            assert isinstance(node.value, ast.Dict)
            for value in node.value.values:
                assert isinstance(value, ast.Constant)
                yield value.lineno, str(value.value)


def _texts(value: ast.expr, tree: ast.Module) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
            )
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, tree)
            yield from _texts(other, tree)
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            firsts, seconds = (
                list(_texts(left, tree)) or ["{}"],
                list(_texts(right, tree)) or ["{}"],
            )
            yield from (first + second for first in firsts for second in seconds)
        case ast.Name(id=name):
            constant = _constant(tree, name)
            if constant is not None:
                yield from _texts(*constant)


def _constant(tree: ast.Module, name: str) -> tuple[ast.expr, ast.Module] | None:
    """What a name of a module stands for, here or where it is imported from."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value, tree
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if (
                found == name
            ):
                return value, tree
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("node."):
                for alias in names:
                    if (alias.asname or alias.name) == name:
                        path = NODE.parent / (module.replace(".", "/") + ".py")
                        if path.exists():
                            return _constant(_tree(path), alias.name)
    return None


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    lacking = unexplained()
    for text, where in lacking.items():
        print(f"{where}: {text!r}")
    print(f"{len(lacking)} without another language", file=sys.stderr)
    sys.exit(1 if lacking else 0)
