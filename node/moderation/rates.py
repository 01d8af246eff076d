"""How often somebody may do something: token buckets, full at first and refilled evenly."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from node.clock import to_iso
from node.errors import TooMany

KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    most: int
    seconds: float


class Buckets:
    """One bucket for each who; the longest unused are forgotten, which fills them."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, who: str, now: float) -> float:
        whole = float(self.rate.most)
        left, at = self._left.get(who, (whole, now))
        return min(whole, left + max(now - at, 0.0) * whole / self.rate.seconds)

    def take(self, who: str, now: float) -> None:
        left = max(self.left(who, now) - 1.0, 0.0)
        self._left[who] = (left, now)
        self._left.move_to_end(who)
        if len(self._left) > KEPT:
            self._left.popitem(last=False)

    def headers(self, who: str, now: float) -> dict[str, str]:
        """How Mastodon tells of it; full again at the time of Reset."""
        left = self.left(who, now)
        full = now + (self.rate.most - left) * self.rate.seconds / self.rate.most
        return {
            "X-RateLimit-Limit": str(self.rate.most),
            "X-RateLimit-Remaining": str(int(left)),
            "X-RateLimit-Reset": to_iso(full),
        }

    def wait(self, who: str, now: float) -> int:
        """Seconds until there is one again."""
        return int((1.0 - self.left(who, now)) * self.rate.seconds / self.rate.most) + 1


class Rates:
    """The buckets of several rates. With ``enforced`` False nothing is ever refused."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced
        self._buckets: dict[str, Buckets] = {}

    def of(self, rate: Rate) -> Buckets:
        found = self._buckets.get(rate.name)
        if found is None:
            found = self._buckets[rate.name] = Buckets(rate)
        return found

    def check(self, rate: Rate, who: str, now: float) -> None:
        """Raises TooMany, with the seconds to wait, when nothing is left."""
        buckets = self.of(rate)
        if self._enforced and buckets.left(who, now) < 1.0:
            raise TooMany(
                "C’est trop à la fois : attendez un peu.", retry_after=buckets.wait(who, now)
            )

    def spend(self, rate: Rate, who: str, now: float) -> None:
        """Take one. Raises TooMany when there is none."""
        self.check(rate, who, now)
        self.of(rate).take(who, now)
