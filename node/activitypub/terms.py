"""What a document's ``@context`` makes of the keys that it uses, judged without PyLD.

The question is never "what does this context mean in full?" but only "does it give this key the
meaning that ours gives it?". Plain term definitions, nearly all that is on the wire, are
understood here; anything cleverer (scoped contexts, ``@vocab``, ``@base``, ``@reverse``, …) is
not judged but sent to the slow path, which runs the real algorithm. So this reader may be
simple, as long as it errs on that side; a test holds it to PyLD.

The document's context lies over ours: a term that theirs leaves undefined keeps our meaning,
since peers use terms that they do not define, and one that theirs defines otherwise loses it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import orjson

from node.activitypub.vocabulary import (
    AS2,
    COMPACT_NAMES,
    DATA_INTEGRITY,
    INLINE_CONTEXT,
    same_meaning,
)

MAX_CONTEXTS: Final = 16
MAX_INLINE_BYTES: Final = 16 * 1024
_MEMO_KEYS: Final = 256
_MEMO_LENGTH: Final = 64
_PREFIX_ENDS: Final = tuple(":/?#[]@")
_DEFINITION_KEYS: Final = frozenset({"@id", "@type", "@container", "@protected", "@prefix"})


class Key(IntEnum):
    """What the walk over a document has to do with the value of a key."""

    SLOW = 0  # the slow path must read this document
    SKIP = 1  # means nothing to us, or is read as received (proofs)
    VALUE = 2
    IDS = 3  # strings in it are IRIs
    TYPE = 4
    LANGUAGES = 5  # a map from language to text
    CONTEXT = 6


class Term(NamedTuple):
    iri: str | None
    """None where the context takes the meaning away; a keyword where it is an alias."""
    type: str = ""
    container: str = ""
    prefix: bool = False
    odd: bool = False
    """Has features that are not judged here."""


Terms = dict[str, Term]


@cache
def _index() -> dict[str, Any]:
    text = files("node.activitypub").joinpath("contexts/index.json").read_bytes()
    index: dict[str, Any] = orjson.loads(text)
    return index


def bundled(url: str) -> Any:
    """The ``@context`` of a bundled URL, None for one that we do not know. Never fetched."""
    index = _index()
    name = index["urls"].get(url)
    if name is None and url.startswith("https://"):
        # LitePub's servers each serve a copy under their own name.
        for ending, candidate in index["path_endings"].items():
            if url.endswith(ending):
                name = candidate
    return None if name is None else _bundled_file(name)


@cache
def _bundled_file(name: str) -> Any:
    text = files("node.activitypub").joinpath(f"contexts/{name}").read_bytes()
    return orjson.loads(text)["@context"]


class _Layering:
    """Contexts laid one over the other, on top of ours."""

    def __init__(self, below: Terms) -> None:
        self.below = below
        self.terms: Terms = {}
        self.language: str | None = None
        self.slow = False

    def lay(self, context: Any, *, ours: bool = False, depth: int = 0) -> None:
        """Add one ``@context`` value; ``ours`` when it is bundled or our own."""
        for one in context if isinstance(context, list) else [context]:
            self._lay_one(one, ours, depth)

    def _lay_one(self, context: Any, ours: bool, depth: int) -> None:
        if isinstance(context, str):
            if context == AS2 and not self.terms and self.below:
                return  # ours begins with it
            found = bundled(context)
            if found is not None and depth < 4:
                self.lay(found, ours=True, depth=depth + 1)
        elif isinstance(context, dict):
            self._lay_object(context, ours)
        else:
            self.slow = True  # null, an array in an array, or no context at all

    def _lay_object(self, context: dict[str, Any], ours: bool) -> None:
        for key, value in context.items():
            if key.startswith("@"):
                self._setting(key, value)
        made: Terms = {}
        for term in context:
            if not term.startswith("@"):
                self._define(term, context, made, ours, 0)
        self.terms.update(made)

    def _setting(self, key: str, value: Any) -> None:
        if key == "@language":
            # Pleroma says "und" everywhere: undetermined, so nothing.
            plain = isinstance(value, str) and value.lower() != "und"
            self.language = value.lower() if plain else None
            self.slow = self.slow or not isinstance(value, str | None)
        elif key == "@vocab":
            self.slow = self.slow or value != "_:"
        elif key not in ("@version", "@protected"):
            self.slow = True

    def _define(
        self, term: str, context: dict[str, Any], made: Terms, ours: bool, depth: int
    ) -> None:
        if term in made:
            return
        if depth > 16:
            self.slow = True
            return
        made[term] = Term(None, odd=True)  # what a cycle finds
        value = context[term]
        if isinstance(value, str):
            iri = self._expand(value, context, made, ours, depth)
            simple = iri is not None and iri.endswith(_PREFIX_ENDS)
            made[term] = Term(iri, prefix=simple, odd=iri is None)
        elif isinstance(value, dict):
            made[term] = self._from_object(term, value, context, made, ours, depth)
        elif value is None:
            made[term] = Term(None)

    def _from_object(
        self,
        term: str,
        value: dict[str, Any],
        context: dict[str, Any],
        made: Terms,
        ours: bool,
        depth: int,
    ) -> Term:
        name = value.get("@id", term)
        if name is None:
            return Term(None)
        if not isinstance(name, str) or "@reverse" in value:
            return Term("@reverse", odd=True)
        iri = self._expand(name, context, made, ours, depth)
        # A bundled context's scoped definitions are known to agree with ours (a test says so).
        allowed = _DEFINITION_KEYS | {"@context"} if ours else _DEFINITION_KEYS
        odd = iri is None or not value.keys() <= allowed
        kind = value.get("@type", "")
        if kind in ("@vocab", "@json", "@none") or not isinstance(kind, str):
            odd = True
        container = value.get("@container", "")
        listed = container if isinstance(container, list) else [container]
        # what is no name of a container (an object, a number) stands for none that we know
        found = {one if isinstance(one, str) else "@unknown" for one in listed} - {"", "@set"}
        if found == {"@list"}:
            # Order is kept either way; only as:items has two terms that differ by it.
            container = "list" if iri == AS2 + "#items" else ""
        elif found == {"@language"}:
            container = "language"
        else:
            container, odd = "", odd or bool(found)
        return Term(
            iri, kind if kind == "@id" else "", container, value.get("@prefix") is True, odd
        )

    def _expand(
        self, name: str, context: dict[str, Any], made: Terms, ours: bool, depth: int
    ) -> str | None:
        """The IRI or keyword that ``name`` stands for in a definition, None if unclear."""
        if name.startswith("@"):
            return name
        prefix, colon, suffix = name.partition(":")
        if colon:
            if suffix.startswith("//") or prefix == "_":
                return name
            known = self._look_up(prefix, context, made, ours, depth)
            if known is None or known.iri is None or not (known.prefix or known.odd):
                return name
            return None if known.odd else known.iri + suffix
        known = self._look_up(name, context, made, ours, depth)
        return None if known is None or known.odd else known.iri

    def _look_up(
        self, name: str, context: dict[str, Any], made: Terms, ours: bool, depth: int
    ) -> Term | None:
        if name in context and not name.startswith("@"):
            self._define(name, context, made, ours, depth + 1)
            return made.get(name)
        return self.terms.get(name) or self.below.get(name)


@cache
def our_terms() -> Terms:
    layering = _Layering({})
    layering.lay([AS2, DATA_INTEGRITY, INLINE_CONTEXT], ours=True)
    return layering.terms


@cache
def known_iris() -> frozenset[str]:
    """Every IRI that means something to us, in its one spelling."""
    ours = our_terms()
    known = {term.iri for term in ours.values() if term.iri and not term.prefix}
    for name in COMPACT_NAMES:
        prefix, _, suffix = name.partition(":")
        known.add(f"{ours[prefix].iri}{suffix}")
    return frozenset(known)


@dataclass(slots=True)
class Decision:
    """What one context does, remembered with the keys judged so far."""

    terms: Terms
    slow: bool
    language: str | None
    keys: dict[str, Key] = field(default_factory=dict)
    types: dict[str, bool] = field(default_factory=dict)

    def key(self, key: str) -> Key:
        verdict = self.keys.get(key)
        if verdict is None:
            verdict = self._judge_key(key)
            if len(self.keys) < _MEMO_KEYS and len(key) <= _MEMO_LENGTH:
                self.keys[key] = verdict
        return verdict

    def type_agrees(self, name: str) -> bool:
        """Whether ``name`` as a ``type`` is the name that we use for what it means."""
        agrees = self.types.get(name)
        if agrees is None:
            agrees = self._judge_name(name) is not Key.SLOW
            if len(self.types) < _MEMO_KEYS and len(name) <= _MEMO_LENGTH:
                self.types[name] = agrees
        return agrees

    def iri_agrees(self, value: str) -> bool:
        """Whether a string in the place of an IRI needs no expansion."""
        prefix, colon, suffix = value.partition(":")
        if not colon:
            return not value.startswith("@")
        if suffix.startswith("//") or value == "as:Public":
            return True
        term = self.terms.get(prefix) or our_terms().get(prefix)
        return term is None

    def _judge_key(self, key: str) -> Key:
        if key == "@context":
            return Key.CONTEXT
        if key in ("proof", "signature"):
            theirs = self.terms.get(key)
            if theirs is None or (theirs.iri or "").startswith("https://w3id.org/security#"):
                return Key.SKIP  # proofs are made and checked on the JSON as received
        return self._judge_name(key)

    def _judge_name(self, name: str) -> Key:
        if name.startswith("@"):
            return Key.SLOW
        theirs = self.terms.get(name)
        ours = our_terms().get(name)
        if theirs is None:
            if ours is not None:
                return _reading(ours, ours)
            return self._judge_compact(name) if ":" in name else Key.SKIP
        if theirs.iri is None:
            return Key.SKIP if ours is None and not theirs.odd else Key.SLOW
        iri = same_meaning(theirs.iri)
        if ours is not None:
            same = iri == same_meaning(ours.iri or "") and theirs.container == ours.container
            return _reading(ours, theirs) if same and not theirs.odd else Key.SLOW
        if iri.startswith(("@", "_:")) or iri in known_iris():
            return Key.SLOW
        return Key.SKIP

    def _judge_compact(self, name: str) -> Key:
        prefix, _, suffix = name.partition(":")
        ours = our_terms()
        term = self.terms.get(prefix) or ours.get(prefix)
        if suffix.startswith("//") or term is None:
            return Key.SLOW if prefix == "_" or same_meaning(name) in known_iris() else Key.SKIP
        if not term.prefix or term.iri is None:
            return Key.SLOW
        iri = same_meaning(term.iri + suffix)
        if iri not in known_iris():
            return Key.SKIP
        return (
            Key.VALUE
            if name in COMPACT_NAMES and iri == f"{ours[prefix].iri}{suffix}"
            else (Key.SLOW)
        )


def _reading(ours: Term, theirs: Term) -> Key:
    if ours.iri == "@type":
        return Key.TYPE
    if ours.iri == "@id" or "@id" in (ours.type, theirs.type):
        return Key.IDS
    return Key.LANGUAGES if ours.container == "language" else Key.VALUE


@lru_cache(maxsize=256)
def _decide(contexts: bytes) -> Decision:
    layering = _Layering(our_terms())
    for context in orjson.loads(contexts):
        layering.lay(context)
    return Decision(layering.terms, layering.slow, layering.language)


@dataclass(slots=True)
class Contexts:
    """The contexts of one document, counted against limits.md while it is walked."""

    count: int = 0
    inline: int = 0

    def decide(self, contexts: list[Any]) -> Decision | str:
        """What ``contexts`` (outermost first) do, or why they are refused."""
        innermost = contexts[-1]
        flat = innermost if isinstance(innermost, list) else [innermost]
        self.count += len(flat)
        if self.count > MAX_CONTEXTS:
            return f"more than {MAX_CONTEXTS} contexts"
        try:
            written = orjson.dumps(contexts)
        except TypeError:
            return "a context that is no JSON"
        self.inline += sum(len(orjson.dumps(one)) for one in flat if not isinstance(one, str))
        if self.inline > MAX_INLINE_BYTES or len(written) > 2 * MAX_INLINE_BYTES:
            return f"more than {MAX_INLINE_BYTES} bytes of inline contexts"
        return _decide(written)


NO_CONTEXT: Final = b"[]"


def without_context() -> Decision:
    return _decide(NO_CONTEXT)
