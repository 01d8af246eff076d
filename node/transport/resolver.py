"""Names to addresses, in threads of its own: servers whose names do not resolve hold up nobody."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

THREADS = 32


class Resolver(AbstractResolver):
    """``getaddrinfo`` of the system, which knows /etc/hosts and the local network's rules."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        if not found:
            raise OSError(f"{host} has no address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[tuple[int, str]]:
    # No AI_ADDRCONFIG: it would hide ::1 where the machine has no IPv6 of its own.
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    seen: dict[tuple[int, str], None] = {}
    for kind, _, _, _, address in found:
        if not any(address[3:]):  # no scope ids
            seen[int(kind), str(address[0])] = None
    return list(seen)
