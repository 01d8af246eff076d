"""What one server may send us in five minutes, so that a loud one cannot delay the others."""

from __future__ import annotations

from collections import OrderedDict

from node.errors import TooMany

WINDOW_S = 300.0
HOSTS_KEPT = 10_000


class HostBudgets:
    """A token bucket per host: full at first, refilled evenly over five minutes."""

    def __init__(self, per_5min: int) -> None:
        self._size = float(per_5min)
        self._rate = per_5min / WINDOW_S
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, host: str, now: float) -> None:
        """Take one; raises TooMany with the seconds until there is one again."""
        left, at = self._buckets.pop(host, (self._size, now))
        left = min(self._size, left + max(now - at, 0.0) * self._rate)
        if left < 1.0:
            self._buckets[host] = (left, now)
            raise TooMany(
                "Your server sends more than this one can take: slow down.",
                retry_after=max(1, int((1.0 - left) / self._rate) + 1),
            )
        self._buckets[host] = (left - 1.0, now)
        self._forget_oldest()

    def charge(self, host: str, amount: float, now: float) -> None:
        """Take more afterwards, for what turned out to be costly; the debt has a bound."""
        left, at = self._buckets.pop(host, (self._size, now))
        left = min(self._size, left + max(now - at, 0.0) * self._rate) - amount
        self._buckets[host] = (max(left, -self._size), now)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        if len(self._buckets) > HOSTS_KEPT:
            self._buckets.popitem(last=False)
