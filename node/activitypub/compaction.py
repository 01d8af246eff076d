"""From expanded JSON-LD to the words of our context.

PyLD's own compaction chooses a term by the type and the container of each value, so a plain
string where our term says ``@id`` comes back as ``as:to``. The readers do not care for such
differences; this compaction goes by the property's IRI alone, in one pass, linear in the input.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from node.activitypub.rejected import Rejected
from node.activitypub.terms import Decision, our_terms
from node.activitypub.vocabulary import (
    AS2,
    COMPACT_NAMES,
    NAMED_VALUES,
    OM2,
    VF,
    same_meaning,
)

_DEPTH: Final = 64
_ACTOR: Final = AS2 + "#actor"


def compact(expanded: list[Any], theirs: Decision) -> dict[str, Any] | Rejected:
    """The one thing that ``expanded`` tells of, with what it refers to embedded.

    ``theirs`` names what our context has no word for.
    """
    tops: list[dict[str, Any]] = []
    for one in expanded:
        if isinstance(one, dict):
            _gather(one, tops, 0)
    if not tops:
        return Rejected("the document says nothing")
    writer = _Writer(theirs)
    if len(tops) == 1:
        return writer.node(tops[0], 0)
    merged = _merge(tops)
    root = _root(merged)
    if root is None:
        return Rejected("several things at the top")
    writer.embed = {
        one["@id"]: one for one in merged if one is not root and isinstance(one.get("@id"), str)
    }
    return writer.node(root, 0)


def _gather(node: dict[str, Any], tops: list[dict[str, Any]], depth: int) -> None:
    """The node itself, and what it merely includes, as things at the top."""
    own = {key: value for key, value in node.items() if key not in ("@graph", "@included")}
    if own.keys() - {"@id", "@index"}:
        tops.append(own)
    for key in ("@graph", "@included"):
        for inner in node.get(key, ()) if depth < _DEPTH else ():
            if isinstance(inner, dict):
                _gather(inner, tops, depth + 1)


def _merge(tops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Things with one ``@id`` are one thing."""
    merged: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    for one in tops:
        name = one.get("@id")
        if isinstance(name, str) and name in by_id:
            known = by_id[name]
            for key, values in one.items():
                if key != "@id" and isinstance(values, list):
                    known[key] = [*known.get(key, []), *values]
        else:
            merged.append(one)
            if isinstance(name, str):
                by_id[name] = one
    return merged


def _root(tops: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The thing that no other refers to; among several, or in a ring, the one activity."""
    named: set[str] = set()
    for one in tops:
        waiting = [value for key, value in one.items() if key != "@id"]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                if isinstance(value.get("@id"), str):
                    named.add(value["@id"])
                waiting.extend(value.values())
    free = [one for one in tops if one.get("@id") not in named]
    if len(free) == 1:
        return free[0]
    activities = [one for one in free or tops if _ACTOR in one]
    return activities[0] if len(activities) == 1 else None


@cache
def _names() -> dict[str, dict[str, str]]:
    """IRI → container ("", "list", "language") → our term."""
    names: dict[str, dict[str, str]] = {}
    for name, term in our_terms().items():
        if term.iri and not term.prefix:
            names.setdefault(same_meaning(term.iri), {}).setdefault(term.container, name)
    for name in COMPACT_NAMES:
        prefix, _, suffix = name.partition(":")
        names[f"{our_terms()[prefix].iri}{suffix}"] = {"": name}
    return names


class _Writer:
    def __init__(self, theirs: Decision) -> None:
        self.embed: dict[str, dict[str, Any]] = {}
        self.foreign = {
            same_meaning(term.iri): name
            for name, term in theirs.terms.items()
            if term.iri and not term.prefix and name not in our_terms()
        }

    def name(self, iri: str, container: str = "") -> str:
        if iri.startswith("_:"):
            # ActivityStreams' @vocab: the term was undefined. It must not become one of ours.
            plain = iri[2:]
            return iri if plain in our_terms() or ":" in plain or plain[:1] == "@" else plain
        iri = same_meaning(iri)
        found = _names().get(iri)
        if found is None:
            return self.foreign.get(iri, iri)
        return found.get(container) or found.get("") or next(iter(found.values()))

    def node(self, expanded: dict[str, Any], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, values in expanded.items():
            if key == "@id":
                made["id"] = values
            elif key == "@type":
                names = [self.name(one) for one in values if isinstance(one, str)]
                made["type"] = names[0] if len(names) == 1 else names
            elif not key.startswith("@") and isinstance(values, list):
                self._property(made, key, values, depth)
        return made

    def _property(self, made: dict[str, Any], iri: str, values: list[Any], depth: int) -> None:
        plain: list[Any] = []
        languages: dict[str, str] = {}
        as_list = False
        for value in values:
            if isinstance(value, dict) and "@list" in value:
                as_list = True
                plain.extend(self._value(one, iri, depth) for one in value["@list"])
                continue
            language = value.get("@language") if isinstance(value, dict) else None
            if isinstance(language, str) and language != "und":
                if isinstance(value.get("@value"), str):
                    languages.setdefault(language, value["@value"])
            elif isinstance(value, dict) and "@graph" in value:
                plain.extend(self._value(one, iri, depth) for one in value["@graph"])
            else:
                plain.append(self._value(value, iri, depth))
        if languages and "language" not in _names().get(same_meaning(iri), {}):
            plain += languages.values()
            languages = {}
        if languages:
            made.setdefault(self.name(iri, "language"), {}).update(languages)
            if not plain:
                return
        name = self.name(iri, "list" if as_list else "")
        if name in made:  # two IRIs of one meaning
            known = made[name]
            plain = [*(known if isinstance(known, list) else [known]), *plain]
        made[name] = plain[0] if len(plain) == 1 and not as_list else plain

    def _value(self, value: Any, iri: str, depth: int) -> Any:
        if isinstance(value, list):
            return [self._value(one, iri, depth) for one in value]
        if not isinstance(value, dict):
            return value
        if "@value" in value:
            return value["@value"]
        if "@list" in value:
            return [self._value(one, iri, depth + 1) for one in value["@list"]]
        if value.keys() <= {"@id", "@index"}:
            return self._reference(value.get("@id"), iri, depth)
        return self.node(value, depth + 1)

    def _reference(self, name: Any, iri: str, depth: int) -> Any:
        # Each thing is embedded once, where it is first met: no ring, no doubling.
        if name in self.embed and depth < _DEPTH:
            return self.node(self.embed.pop(name), depth + 1)
        if isinstance(name, str) and self.name(iri) in NAMED_VALUES:
            return local_name(name)
        return name


def local_name(iri: str) -> str:
    """``transfer`` for ``https://w3id.org/valueflows/ont/vf#transfer``, ``vf:transfer`` or
    ``transfer`` itself: the names that FEP-0837 writes plainly."""
    iri = iri.removeprefix("_:")
    for start in (VF, OM2, "https://w3id.org/valueflows/", "vf:", "om2:"):
        if iri.startswith(start):
            return iri[len(start) :]
    return iri
