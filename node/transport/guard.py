"""Where this node may connect to (limits.md "Fetching"): never into its own network.

A name is judged by what it resolves to, at the socket, for each address that is dialled; so a
literal in any spelling, a redirect, or a name that resolves differently the second time meet
the same table. The table is our own: ``ipaddress.is_global`` lets several of these through.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, Final
from urllib.parse import quote, urlsplit

from node.activitypub.readers import origin
from node.errors import FetchRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_4: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # "this network", RFC 791
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.31.196.0/24",  # AS112, RFC 7535
        "192.52.193.0/24",  # AMT, RFC 7450
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112, RFC 7534
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Of IPv6 only global unicast is open, and not all of it. All that embeds an IPv4 address
# (mapped, compatible, NAT64, 6to4, Teredo) is closed: it could name any of the above.
_OPEN_6: Final = ipaddress.IPv6Network("2000::/3")
_CLOSED_6: Final = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation, RFC 9637
    )
)


class AddressRefused(OSError):
    """An address that this node does not connect to."""


def is_open(address: IPAddress) -> bool:
    """Whether an address is one of the public internet's."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _CLOSED_4)
    return (
        address.scope_id is None
        and address in _OPEN_6
        and not any(address in block for block in _CLOSED_6)
    )


def is_loopback(address: IPAddress) -> bool:
    """127.0.0.0/8 or ::1, and no other spelling of them."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_loopback
    return address == ipaddress.IPv6Address(1)


class Guard:
    """The two kinds of node: one of the internet, and one of this machine alone."""

    def __init__(self, *, insecure_loopback: bool) -> None:
        self._loopback = insecure_loopback

    def check_url(self, iri: str) -> str:
        """The address as it is sent: ASCII, without fragment; raises FetchRefused."""
        where = origin(iri)
        if where is None:
            raise FetchRefused(f"{iri[:255]!r} is no address of a server")
        if not where.startswith("https://") and not self._loopback:
            raise FetchRefused(f"{iri[:255]} is not https")
        parts = urlsplit(iri)
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            target += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
        return where + target

    def check_address(self, text: str) -> None:
        """Raises AddressRefused."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError as error:
            raise AddressRefused(f"{text!r} is no address") from error
        if not (is_loopback(address) if self._loopback else is_open(address)):
            raise AddressRefused(f"{address} is not an address that this node connects to")

    def socket(self, found: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """aiohttp's socket factory: the last place before an address is dialled."""
        family, kind, protocol, _, address = found
        self.check_address(str(address[0]))
        if family == socket.AF_INET6 and len(address) > 3 and address[3]:
            raise AddressRefused(f"{address[0]} has a scope")
        return socket.socket(family=family, type=kind, proto=protocol)
