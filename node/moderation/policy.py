"""What the node thinks of a sender, before it does anything for it: a verdict is a value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import idna

from node.errors import Invalid

Severity = Literal["noop", "silence", "suspend"]

SEVERITIES: Final[tuple[Severity, ...]] = ("noop", "silence", "suspend")
"""From the mildest to the hardest."""
_LABELS_MAX: Final = 127  # RFC 1035: 255 octets, two for a label at least
_HOST: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{1,63}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class DomainBlock:
    """``silence``: served, but shown only to those who follow there. ``suspend``: nothing comes
    in and nothing goes out. ``noop``: only what the flags say. Its subdomains are meant, too."""

    domain: str
    severity: Severity
    reject_media: bool = False
    """Pictures from there are not shown."""
    reject_reports: bool = False
    """What is reported from there is not looked at."""
    reason: str = ""
    """For everybody."""
    private_reason: str = ""
    """For the mediators."""
    obfuscate: bool = False
    """Where the list is shown to everybody, the name is half hidden."""


@dataclass(frozen=True, slots=True)
class Accept:
    pass


@dataclass(frozen=True, slots=True)
class Silence:
    """Take it; leave it out of public lists, of notices to people who do not follow its author,
    and of what is passed on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    reason: str
    """For the log: the sender is not told which rule it was."""


Verdict = Accept | Silence | Refuse


class Blocklist:
    """The blocked domains, indexed once: asking costs a look-up per label of the host."""

    __slots__ = ("_blocks",)

    def __init__(self, blocks: Iterable[DomainBlock] = ()) -> None:
        self._blocks: dict[str, DomainBlock] = {}
        for block in blocks:
            known = self._blocks.get(block.domain.lower())
            if known is None or hardness(known.severity) < hardness(block.severity):
                self._blocks[block.domain.lower()] = block

    def covering(self, host: str) -> DomainBlock | None:
        """The hardest block that covers ``host``, which may have a port; the nearest of equals.

        A block without a port covers every port; one with a port only that one.
        """
        return max(self._all(host), key=lambda block: hardness(block.severity), default=None)

    def suspends(self, host: str) -> bool:
        return any(block.severity == "suspend" for block in self._all(host))

    def silences(self, host: str) -> bool:
        """Served, but not shown to everybody; a suspended one is not served at all."""
        block = self.covering(host)
        return block is not None and block.severity == "silence"

    def rejects_reports(self, host: str) -> bool:
        return any(one.reject_reports or one.severity == "suspend" for one in self._all(host))

    def rejects_media(self, host: str) -> bool:
        return any(one.reject_media or one.severity == "suspend" for one in self._all(host))

    def _all(self, host: str) -> list[DomainBlock]:
        """The nearest first."""
        found = (self._blocks.get(name) for name in names_covering(host))
        return [block for block in found if block is not None]


def names_covering(host: str) -> list[str]:
    """The names under which a block would cover a host, which may have a port: itself, without its
    port, and the domains above it; the nearest first."""
    name = host.lower().rstrip(".")
    bare = _without_port(name)
    if _is_address(bare):
        return [name, bare]
    labels = bare.split(".", _LABELS_MAX)
    return [name, *(".".join(labels[at:]) for at in range(len(labels)))]


def judge(
    domain: str,
    actor: str,
    blocks: Blocklist | Iterable[DomainBlock],
    *,
    suspended: bool = False,
    silenced: bool = False,
    blocked: bool = False,
) -> Verdict:
    """What to do with something that ``actor`` (an IRI) of ``domain`` (HOST[:PORT]) sent.

    ``suspended``, ``silenced``: a mediator has said so of this one actor. ``blocked``: the person
    here whom it is for has blocked it. Who asks often keeps a `Blocklist`, so that nothing is
    indexed twice.
    """
    known = blocks if isinstance(blocks, Blocklist) else Blocklist(blocks)
    block = known.covering(domain)
    if block is not None and block.severity == "suspend":
        return Refuse(f"the domain {block.domain} is suspended")
    if suspended:
        return Refuse(f"the actor {actor} is suspended")
    if blocked:
        return Refuse(f"the actor {actor} is blocked by the one it writes to")
    if silenced:
        return Silence(f"the actor {actor} is silenced")
    if block is None or block.severity == "noop":
        return Accept()
    return Silence(f"the domain {block.domain} is silenced")


def hardness(severity: Severity) -> int:
    return SEVERITIES.index(severity)


def check_domain(text: str) -> str:
    """A domain to block: lower case, punycode, perhaps with a port. Raises Invalid."""
    name = text.strip().lower().removeprefix("https://").removeprefix("http://")
    name = name.removeprefix("*.").removeprefix("@").rstrip("/").rstrip(".")
    bare = _without_port(name)
    port = name[len(bare) :]
    if _is_address(bare) and (not port or _is_port(port)):
        return name
    try:
        ascii_name = idna.encode(bare, uts46=True).decode() if not bare.isascii() else bare
    except idna.IDNAError:
        ascii_name = ""
    if (
        not ascii_name
        or len(ascii_name) > 253
        or _HOST.fullmatch(ascii_name) is None
        or (port and not _is_port(port))
    ):
        raise Invalid("Ce n’est pas un nom de domaine. Donnez-le ainsi : exemple.org")
    if "." not in ascii_name and ascii_name != "localhost":
        raise Invalid(
            f"« {ascii_name} » couvrirait tout un pays ou plus. Donnez un domaine entier."
        )
    return ascii_name + port


def check_severity(text: str) -> Severity:
    for severity in SEVERITIES:
        if text.strip() == severity:
            return severity
    raise Invalid(
        "Il y a trois degrés : noop (seulement les images ou les signalements), silence (servi, "
        "mais pas montré à tous) et suspend (rien n’entre et rien ne sort)."
    )


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _is_port(text: str) -> bool:
    digits = text.removeprefix(":")
    return text.startswith(":") and digits.isascii() and digits.isdigit() and len(digits) <= 5


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
