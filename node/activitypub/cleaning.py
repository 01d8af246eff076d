"""What PyLD is given: documents and contexts without what would make it fetch, fail or toil."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import orjson

from node.activitypub.terms import MAX_CONTEXTS, MAX_INLINE_BYTES, bundled

OURS: Final = "urn:entraide:context"
"""The name by which our context, unprotected, is loaded."""
DEPTH: Final = 64
_MISSING: Final = object()
_SCOPED_WORK: Final = 50_000
"""Terms of scoped contexts times objects: PyLD processes a scoped context anew at each use, so
that 6,000 uses of one with 600 terms took 23 s. This much takes less than a second."""


class Cleaner:
    """Copies a document for PyLD: nulls out, unknown contexts out, the rest counted.

    Protection (``@protected``) is taken out of every context: it exists to raise an error when
    two contexts disagree, and a document is read even then; the later one wins.
    """

    def __init__(self) -> None:
        self.count = 0
        self.inline = 0
        self.objects = 0
        self.scoped = 0
        self.refused = ""

    def document(self, document: dict[str, Any]) -> Any:
        made = self.node(document, None, 0)
        if self.scoped and (self.scoped + 100) * self.objects > _SCOPED_WORK:
            self.refused = self.refused or "scoped contexts on too many objects"
        return made

    def node(self, value: Any, around: Any, depth: int) -> Any:
        if depth > DEPTH:
            self.refused = f"nested deeper than {DEPTH}"
        if self.refused:
            return None
        if isinstance(value, list):
            return [self.node(one, around, depth + 1) for one in value if one is not None]
        if not isinstance(value, dict):
            return value
        self.objects += 1
        made: dict[str, Any] = {}
        context = value.get("@context", _MISSING)
        if context is not _MISSING and context != around:
            made["@context"] = self.context(context, 0)
            around = context
        for key, inside in value.items():
            if key != "@context" and inside is not None:
                made[key] = self.node(inside, around, depth + 1)
        return made

    def context(self, context: Any, depth: int) -> list[Any]:
        made: list[Any] = []
        for one in context if isinstance(context, list) else [context]:
            self.count += 1
            if self.count > MAX_CONTEXTS or depth > 4:
                self.refused = f"more than {MAX_CONTEXTS} contexts"
                break
            if one is None:
                made += [None, OURS]
                self.scoped += 300 * (depth > 0)
            elif isinstance(one, str):
                if bundled(one) is not None:
                    made.append(one)
                    self.scoped += 150 * (depth > 0)
            elif isinstance(one, dict):
                if depth == 0:
                    self.inline += len(orjson.dumps(one))
                if self.inline > MAX_INLINE_BYTES:
                    self.refused = f"more than {MAX_INLINE_BYTES} bytes of inline contexts"
                    break
                self.scoped += len(one) * (depth > 0)
                made.append(_unprotected(one, lambda inner: self.context(inner, depth + 1)))
            else:
                self.refused = "a context that is none"
        return made


def _unprotected(context: dict[str, Any], scoped: Callable[[Any], Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for term, value in context.items():
        if term in ("@protected", "@import"):
            continue
        if isinstance(value, dict):
            made[term] = {
                key: scoped(inner) if key == "@context" else inner
                for key, inner in value.items()
                if key != "@protected"
            }
        else:
            made[term] = value
    return made


@cache
def prepared(url: str) -> Any:
    """A bundled context without protection, and without scoped contexts: those of keys say what
    ours says of the same terms anyway, and proofs are read as received."""
    context = bundled(url)
    return [
        {
            term: {key: inner for key, inner in value.items() if key != "@context"}
            if isinstance(value, dict)
            else value
            for term, value in one.items()
            if term != "@protected"
        }
        if isinstance(one, dict)
        else one
        for one in (context if isinstance(context, list) else [context])
        if one is not None
    ]
