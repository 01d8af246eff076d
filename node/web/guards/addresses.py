"""Who asks, behind how many proxies."""

from __future__ import annotations

import contextlib
import ipaddress
from functools import lru_cache

from aiohttp import web

FORWARDED_MOST = 2_048


def client_address(request: web.Request, proxies: frozenset[str]) -> str:
    """Who asks: the peer, or what the last configured proxy on the way says of it.

    ``proxies`` are addresses or networks. Some proxies add a line of their own to the header
    instead of a part to the client's: all lines count, in order.
    """
    peer = _plain(request.remote or "")
    if not _is_proxy(peer, proxies):
        return peer
    lines = request.headers.getall("X-Forwarded-For", [])
    parts = [_plain(part) for part in ",".join(lines)[-FORWARDED_MOST:].split(",")]
    for address in reversed(parts):
        if address and not _is_proxy(address, proxies):
            return address
    return peer


def _plain(text: str) -> str:
    """An address without port, brackets and IPv4's disguise as IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _is_proxy(address: str, proxies: frozenset[str]) -> bool:
    if address in proxies:
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _networks(proxies))


@lru_cache(maxsize=8)
def _networks(
    proxies: frozenset[str],
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    found = []
    for one in proxies:
        with contextlib.suppress(ValueError):  # a name: it stands for itself
            found.append(ipaddress.ip_network(one, strict=False))
    return tuple(found)


def network(address: str) -> str:
    """An address; of IPv6 its /64, which is one house."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
