"""Under which key a request carries the network that it came from: an IPv4 address, an IPv6 /64."""

from __future__ import annotations

from aiohttp import web

NETWORK = web.RequestKey("network", str)
