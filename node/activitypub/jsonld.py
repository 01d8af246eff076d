"""JSON-LD, done properly and fast (wire.md): the only module that knows PyLD.

``normalise`` lets a document through as it stands when its context gives every key that it uses
the meaning that ours gives it. Any other has to go through ``expand_and_compact``, which costs
milliseconds of CPU, or seconds on hostile input, and so is run in a process of its own by the
caller, who bounds its time. Both give documents that the readers read alike.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson

from node.activitypub.cleaning import DEPTH, OURS, Cleaner, prepared
from node.activitypub.compaction import compact
from node.activitypub.rejected import Rejected
from node.activitypub.terms import (
    Contexts,
    Decision,
    Key,
    bundled,
    without_context,
)
from node.activitypub.vocabulary import AS2, DATA_INTEGRITY, INLINE_CONTEXT

SLOW_INPUT_BYTES: Final = 256 * 1024
_MISSING: Final = object()
# Without this PyLD resolves relative ids against http://example.org/base/, which is somebody's.
_BELOW: Final = [{"@base": None}, OURS]


@dataclass(frozen=True, slots=True)
class NeedsExpansion:
    """Only ``expand_and_compact`` can tell what this document means."""

    document: dict[str, Any]


def normalise(document: dict[str, Any]) -> dict[str, Any] | NeedsExpansion | Rejected:
    """The document with every key meaning what our context says, if that is quickly known."""
    walk = _Walk()
    if not walk.object(document, [], without_context(), 0):
        return Rejected(walk.refused) if walk.refused else NeedsExpansion(document)
    return document if walk.language is None else _with_language(document, walk.language)


class _Walk:
    """One walk over a document that may be read as it stands."""

    def __init__(self) -> None:
        self.contexts = Contexts()
        self.refused = ""
        self.language: str | None = None

    def object(
        self, node: dict[str, Any], contexts: list[Any], decision: Decision, depth: int
    ) -> bool:
        if depth > DEPTH:
            self.refused = f"nested deeper than {DEPTH}"
            return False
        context = node.get("@context", _MISSING)
        if context is not _MISSING and not (contexts and contexts[-1] == context):
            contexts = [*contexts, context]
            decided = self.contexts.decide(contexts)
            if isinstance(decided, str):
                self.refused = decided
                return False
            decision = decided
            if depth == 0:
                self.language = decision.language
        if decision.slow or decision.language != self.language:
            return False
        known = decision.keys
        for key, value in node.items():
            kind = known.get(key)
            if kind is None:
                kind = decision.key(key)
            if kind is Key.SKIP or kind is Key.CONTEXT or value is None:
                continue
            if kind is Key.SLOW or not self.value(value, kind, contexts, decision, depth):
                return False
        return True

    def value(
        self, value: Any, kind: Key, contexts: list[Any], decision: Decision, depth: int
    ) -> bool:
        if isinstance(value, str):
            if kind is Key.IDS:
                return value.startswith(("https://", "http://")) or decision.iri_agrees(value)
            if kind is Key.TYPE:
                return decision.type_agrees(value)
            return kind is Key.VALUE
        if isinstance(value, dict):
            if kind is Key.LANGUAGES:
                return all(
                    isinstance(text, str) and not language.startswith("@")
                    for language, text in value.items()
                )
            return self.object(value, contexts, decision, depth + 1)
        if isinstance(value, list):
            if kind is Key.LANGUAGES and value:
                return False
            return all(
                # An array in an array means a list of lists, or is flattened: PyLD knows.
                not isinstance(one, list)
                and (one is None or self.value(one, kind, contexts, decision, depth))
                for one in value
            )
        return True


_TEXTS: Final = (("content", "contentMap"), ("name", "nameMap"), ("summary", "summaryMap"))


def _with_language(node: dict[str, Any], language: str) -> dict[str, Any]:
    """A copy in which texts say the language that the context gave all of them."""
    made = {
        key: _language_in(value, language) if isinstance(value, dict | list) else value
        for key, value in node.items()
        if key not in ("@context", "proof", "signature") and not key.endswith("Map")
    }
    for key, mapped in _TEXTS:
        languages = node.get(mapped)
        text = made.get(key)
        if isinstance(languages, dict):
            made[mapped] = languages
        if isinstance(text, str):
            made[mapped] = {language: text, **made.get(mapped, {})}
            del made[key]
    for kept in ("@context", "proof", "signature"):
        if kept in node:
            made[kept] = node[kept]
    return made


def _language_in(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return _with_language(value, language)
    if isinstance(value, list):
        return [_language_in(one, language) for one in value]
    return value


def expand_and_compact(document: dict[str, Any]) -> dict[str, Any] | Rejected:
    """What the document means, in the words of our context, by the whole JSON-LD algorithm.

    Slow: run it outside the event loop's process, with a limit on its time. Contexts come from
    the package alone; what PyLD refuses is Rejected.
    """
    try:
        if len(orjson.dumps(document)) > SLOW_INPUT_BYTES:
            return Rejected(f"more than {SLOW_INPUT_BYTES} bytes to expand", 413)
        decided = Contexts().decide([document.get("@context", [])])
        clean = Cleaner()
        ready = clean.document(document)
        if isinstance(decided, str) or clean.refused:
            return Rejected(decided if isinstance(decided, str) else clean.refused)
        expanded = _pyld().expand(
            ready, {"expandContext": _BELOW, "documentLoader": _load, "base": ""}
        )
    except Exception as cause:
        # PyLD fails in many ways on nonsense, not only with its own error.
        return Rejected(f"JSON-LD: {type(cause).__name__}: {str(cause)[:200]}")
    return compact(expanded, decided)


def check_safe(document: dict[str, Any]) -> list[str]:
    """The properties and types that a strict JSON-LD processor would drop from ``document``,
    and the contexts that it would have to fetch and that are not bundled. Empty is good."""
    dropped: list[str] = []

    def load(url: str, options: dict[str, Any]) -> dict[str, Any]:
        context = bundled(url)
        if context is None:
            dropped.append(f"@context {url}")
        return _remote(url, {} if context is None else context)

    options = {"documentLoader": load}
    dropped += _undefined(_pyld().expand(document, options, on_property_dropped=dropped.append))
    return dropped


def _undefined(value: Any) -> Iterator[str]:
    """Names in expanded JSON-LD that no context defined, ids that are not absolute."""
    if isinstance(value, list):
        for one in value:
            yield from _undefined(one)
    elif isinstance(value, dict):
        types = value.get("@type", [])
        for name in (*value, *(types if isinstance(types, list) else [types])):
            if name.startswith("_:") or (":" not in name and not name.startswith("@")):
                yield name
        if ":" not in value.get("@id", ":"):
            yield f"@id {value['@id']}"
        for inside in value.values():
            yield from _undefined(inside)


def _remote(url: str, context: Any) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": context}}


def _load(url: str, options: dict[str, Any]) -> dict[str, Any]:
    """PyLD's document loader: what is in the package, and nothing else, ever."""
    if url == OURS:
        return _remote(url, [AS2, DATA_INTEGRITY, INLINE_CONTEXT])
    return _remote(url, copy.deepcopy(prepared(url)))


@cache
def _pyld() -> Any:
    # Here and not at the top: it brings lxml and costs over 100 ms and 18 MB, and the process that
    # serves the web never needs it.
    from pyld import jsonld

    return jsonld
