"""Lists of blocked servers as files, in the form that Mastodon exports and imports.

A CSV with the columns ``#domain,#severity,#reject_media,#reject_reports,#public_comment,
#obfuscate``; newer ones have ``#reject_follows`` too, and a file without a header is a list of
domains to suspend. Pure: what a file says, and what taking it in would change.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from node.errors import Invalid
from node.moderation.policy import (
    SEVERITIES,
    DomainBlock,
    Severity,
    check_domain,
    hardness,
)

HEADER: Final = (
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
)
ROWS_MAX: Final = 20_000  # Mastodon's own bound
BYTES_MAX: Final = 4 * 1024 * 1024
COMMENT_MAX: Final = 500
_TRUE: Final = frozenset({"true", "t", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "f", "0", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Line:
    """Something about a line of the file, in words for a mediator; lines count from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    blocks: tuple[DomainBlock, ...]
    wrong: tuple[Line, ...]
    """Lines that mean nothing here; the others are taken all the same."""
    skipped: tuple[Line, ...]
    """Lines that cannot be used, by no fault of the file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a list in would do; doing it twice changes nothing more."""

    added: tuple[DomainBlock, ...]
    hardened: tuple[DomainBlock, ...]
    """Blocked already, more mildly; as they will be."""
    kept: tuple[str, ...]
    """Blocked already, as hard or harder: an import never loosens what was decided here."""

    @property
    def changes(self) -> tuple[DomainBlock, ...]:
        return (*self.added, *self.hardened)


def read_csv(content: bytes | str) -> Reading:
    """What a list says. Raises Invalid for what is no list at all."""
    text = _text(content)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: dict[str, int] | None = None
    found: dict[str, DomainBlock] = {}
    wrong: list[Line] = []
    skipped: list[Line] = []
    taken = 0
    try:
        for row in rows:
            number = rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = _columns(row)
                if columns:
                    continue
                columns = {"#domain": 0}  # no header: domains alone
            taken += 1
            if taken > ROWS_MAX:
                raise Invalid(f"La liste a plus de {ROWS_MAX} lignes. Partagez-la en plusieurs.")
            match _block(row, columns):
                case DomainBlock() as block:
                    known = found.get(block.domain)
                    found[block.domain] = _together(known, block) if known else block
                case ("skipped", why):
                    skipped.append(Line(number, why))
                case (_, why):
                    wrong.append(Line(number, why))
    except csv.Error as error:
        raise Invalid(
            f"Le fichier n’est pas un tableau CSV : ligne {rows.line_num} ({error})."
        ) from error
    return Reading(tuple(found.values()), tuple(wrong), tuple(skipped))


def plan(present: Iterable[DomainBlock], wanted: Iterable[DomainBlock]) -> Plan:
    known = {block.domain: block for block in present}
    added, hardened, kept = [], [], []
    for block in wanted:
        there = known.get(block.domain)
        if there is None:
            added.append(block)
            continue
        joined = _together(there, block)
        if joined == there:
            kept.append(block.domain)
        else:
            hardened.append(joined)
    return Plan(tuple(added), tuple(hardened), tuple(kept))


def write_csv(blocks: Iterable[DomainBlock]) -> str:
    """The list as Mastodon writes it: domains in full, what is for mediators left out."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for block in sorted(blocks, key=lambda one: one.domain):
        writer.writerow(
            (
                block.domain,
                block.severity,
                _flag(block.reject_media),
                _flag(block.reject_reports),
                " ".join(block.reason.split()),
                _flag(block.obfuscate),
            )
        )
    return out.getvalue()


def obfuscated(domain: str) -> str:
    """``ev*****mple``: what everybody sees of a name that is not to be sought out."""
    shown = max(len(domain) // 4, 1)
    return "".join(
        letter if letter == "." or at < shown or at >= len(domain) - shown else "*"
        for at, letter in enumerate(domain)
    )


def _text(content: bytes | str) -> str:
    if len(content) > BYTES_MAX:
        raise Invalid("Le fichier est trop grand : 4 Mio au plus.")
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("Le fichier n’est pas du texte en UTF-8.") from error
    if "\0" in text:
        raise Invalid("Le fichier n’est pas du texte.")
    return text.removeprefix("\ufeff")


def _columns(row: list[str]) -> dict[str, int]:
    """Where the columns are; empty when the row is no header."""
    names = [cell.strip().lower() for cell in row]
    bare = [name if name.startswith("#") else f"#{name}" for name in names]
    return {name: at for at, name in enumerate(bare)} if "#domain" in bare else {}


def _block(row: list[str], columns: Mapping[str, int]) -> DomainBlock | tuple[str, str]:
    def cell(name: str) -> str:
        at = columns.get(name)
        return row[at].strip() if at is not None and at < len(row) else ""

    domain = cell("#domain")
    if "*" in domain.removeprefix("*."):
        return "skipped", f"« {domain[:80]} » est masqué : le vrai nom n’est pas dans la liste."
    try:
        domain = check_domain(domain)
    except Invalid as error:
        return "wrong", error.public
    severity = _severity(cell("#severity"))
    if severity is None:
        return (
            "wrong",
            f"« {cell('#severity')[:40]} » n’est pas un degré : {', '.join(SEVERITIES)}.",
        )
    flags = {name: _truth(cell(name)) for name in HEADER if name in _FLAGS}
    for name, value in flags.items():
        if value is None:
            return "wrong", f"{name} doit être true ou false, et non « {cell(name)[:40]} »."
    return DomainBlock(
        domain,
        severity,
        reject_media=bool(flags["#reject_media"]),
        reject_reports=bool(flags["#reject_reports"]),
        reason=" ".join(cell("#public_comment").split())[:COMMENT_MAX],
        obfuscate=bool(flags["#obfuscate"]),
    )


_FLAGS: Final = frozenset({"#reject_media", "#reject_reports", "#obfuscate"})


def _severity(text: str) -> Severity | None:
    wanted = text.lower() or "suspend"  # as Mastodon takes a list without degrees
    return next((one for one in SEVERITIES if one == wanted), None)


def _truth(text: str) -> bool | None:
    word = text.lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _together(there: DomainBlock, more: DomainBlock) -> DomainBlock:
    """The harder of both in each respect; the words that stand there stay."""
    return replace(
        there,
        severity=max(there.severity, more.severity, key=hardness),
        reject_media=there.reject_media or more.reject_media,
        reject_reports=there.reject_reports or more.reject_reports,
    )
