"""What the node thinks of a sender, before it does anything for it: a verdict is a value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import idna

from node.errors import Invalid

Severity = Literal["silence", "suspend"]

SEVERITIES: Final[tuple[Severity, ...]] = ("silence", "suspend")
_LABELS_MAX: Final = 127  # RFC 1035: 255 octets, two for a label at least
_HOST: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{1,63}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class DomainBlock:
    """``silence``: served, but shown only to those who follow there. ``suspend``: nothing comes
    in and nothing goes out. Its subdomains are meant, too."""

    domain: str
    severity: Severity


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
            if known is None or known.severity == "silence":
                self._blocks[block.domain.lower()] = block

    def covering(self, host: str) -> DomainBlock | None:
        """The hardest block that covers ``host``, which may have a port.

        A block without a port covers every port; one with a port only that one.
        """
        name = host.lower().rstrip(".")
        found = [self._blocks.get(name)]
        bare = _without_port(name)
        if not _is_address(bare):
            labels = bare.split(".", _LABELS_MAX)
            found += [self._blocks.get(".".join(labels[at:])) for at in range(len(labels))]
        else:
            found.append(self._blocks.get(bare))
        hits = [block for block in found if block is not None]
        hard = (block for block in hits if block.severity == "suspend")
        return next(hard, hits[0] if hits else None)

    def suspends(self, host: str) -> bool:
        block = self.covering(host)
        return block is not None and block.severity == "suspend"


def judge(
    domain: str,
    actor: str,
    blocks: Blocklist | Iterable[DomainBlock],
    *,
    suspended: bool = False,
    blocked: bool = False,
) -> Verdict:
    """What to do with something that ``actor`` (an IRI) of ``domain`` (HOST[:PORT]) sent.

    ``suspended``: a mediator has suspended this one actor. ``blocked``: the person here whom it
    is for has blocked it. Who asks often keeps a `Blocklist`, so that nothing is indexed twice.
    """
    known = blocks if isinstance(blocks, Blocklist) else Blocklist(blocks)
    block = known.covering(domain)
    if block is not None and block.severity == "suspend":
        return Refuse(f"the domain {block.domain} is suspended")
    if suspended:
        return Refuse(f"the actor {actor} is suspended")
    if blocked:
        return Refuse(f"the actor {actor} is blocked by the one it writes to")
    return Accept() if block is None else Silence(f"the domain {block.domain} is silenced")


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
    raise Invalid(f"Il y a deux degrés : {' et '.join(SEVERITIES)}.")


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
