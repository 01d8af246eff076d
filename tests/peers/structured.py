"""Structured fields (RFC 8941), as much of them as signatures and digests use."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from tests.peers.keys import NotVerified

Bare = str | int | bytes | bool
Parameters = dict[str, Bare]

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~:/A-Za-z0-9-]*")
_BOOLEAN = re.compile(r"\?([01])")
_SPACES = re.compile(r" *")
_COMMA = re.compile(r"[ \t]*,[ \t]*")


@dataclass(frozen=True, slots=True)
class InnerList:
    """``("a" "b");p=1``."""

    items: list[tuple[Bare, Parameters]]
    parameters: Parameters
    source: str
    """The member's text as it stood, which is what `@signature-params` repeats."""


Member = InnerList | Bare


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def literal(self, text: str) -> bool:
        if not self.text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def broken(self, what: str) -> NotVerified:
        return NotVerified(f"{what} expected at {self.at} of structured field {self.text!r}")

    def key(self) -> str:
        found = self.take(_KEY)
        if found is None:
            raise self.broken("a key")
        return found[0]

    def bare(self) -> Bare:
        if (found := self.take(_STRING)) is not None:
            return re.sub(r"\\(.)", r"\1", found[1])
        if (found := self.take(_BYTES)) is not None:
            try:
                return base64.b64decode(found[1], validate=True)
            except binascii.Error:
                raise self.broken("base64") from None
        if (found := self.take(_INTEGER)) is not None:
            return int(found[0])
        if (found := self.take(_BOOLEAN)) is not None:
            return found[1] == "1"
        if (found := self.take(_TOKEN)) is not None:
            return found[0]
        raise self.broken("an item")

    def parameters(self) -> Parameters:
        found: Parameters = {}
        while self.literal(";"):
            self.take(_SPACES)
            name = self.key()
            found[name] = self.bare() if self.literal("=") else True
        return found

    def member(self) -> Member:
        start = self.at
        if not self.literal("("):
            value = self.bare()
            self.parameters()
            return value
        items: list[tuple[Bare, Parameters]] = []
        self.take(_SPACES)
        while not self.literal(")"):
            items.append((self.bare(), self.parameters()))
            if not self.take(re.compile(r" +|(?=\))")):
                raise self.broken("a space or )")
        parameters = self.parameters()
        return InnerList(items, parameters, self.text[start : self.at])


def dictionary(text: str) -> dict[str, Member]:
    """A Dictionary. Raises NotVerified."""
    reader = _Reader(text.strip(" \t"))
    found: dict[str, Member] = {}
    while reader.at < len(reader.text):
        name = reader.key()
        if name in found:
            raise NotVerified(f"{name} stands twice in {text!r}")
        if reader.literal("="):
            found[name] = reader.member()
        else:
            reader.parameters()
            found[name] = True
        if reader.at < len(reader.text) and not reader.take(_COMMA):
            raise reader.broken("a comma")
    return found
