"""What becomes of a delivery after a try, and what a book of hosts makes of it."""

from __future__ import annotations

import pytest

from node.outbox.hosts import PROBE_S, HostBook
from node.outbox.schedule import (
    Again,
    Dead,
    Decision,
    Done,
    Nobody,
    counts_against_host,
    decide,
    pause_after,
)
from node.store.outbox import HostRecord

NOW = 1_800_000_000.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def after(
    status: int | None,
    *,
    attempts: int = 0,
    age: float = 0.0,
    retry_after: float | None = None,
    scale: float = 1.0,
) -> Decision:
    return decide(
        status=status,
        retry_after=retry_after,
        attempts=attempts,
        created_at=NOW - age,
        now=NOW,
        scale=scale,
    )


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (1, MINUTE),
        (2, 5 * MINUTE),
        (3, 15 * MINUTE),
        (4, HOUR),
        (5, 3 * HOUR),
        (6, 6 * HOUR),
        (30, 6 * HOUR),
    ],
)
def test_each_failure_waits_longer(failures: int, pause: float) -> None:
    """1 min, 5 min, 15 min, 1 h, 3 h, then every 6 h, ±20 %, all of it scaled."""
    assert pause_after(failures, scale=1.0, jitter=1.0) == pause
    assert pause_after(failures, scale=0.001, jitter=1.0) == pytest.approx(pause / 1000)
    for _ in range(50):
        assert 0.8 * pause <= pause_after(failures, scale=1.0) <= 1.2 * pause
        again = after(None, attempts=failures - 1)
        assert isinstance(again, Again)
        assert 0.8 * pause <= again.at - NOW <= 1.2 * pause


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_the_end(status: int) -> None:
    """A 2xx is done, however old it is."""
    assert after(status, age=30 * DAY) == Done()


@pytest.mark.parametrize("status", [400, 403, 405, 406, 413, 415, 422, 451])
def test_a_refusal_is_final(status: int) -> None:
    """4xx say that no second try will help: dead, for good."""
    assert after(status) == Dead(f"the server refused it with {status}", refused=True)


def test_nobody_there() -> None:
    """404 ends the delivery, 410 says of the actor itself that it is gone."""
    assert after(404) == Nobody(gone=False)
    assert after(410) == Nobody(gone=True)


@pytest.mark.parametrize("status", [None, 401, 408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_for_a_week(status: int | None) -> None:
    """No answer, 5xx, and the 4xx that are about the moment: again, until seven days are over."""
    assert isinstance(after(status, attempts=20, age=6.9 * DAY), Again)
    assert after(status, age=7.1 * DAY) == Dead("no success within 7 days", refused=False)
    assert isinstance(after(status, age=10.0, scale=1e-6), Dead)


@pytest.mark.parametrize("status", [429, 503])
def test_a_wish_to_wait_is_obeyed_up_to_a_day(status: int) -> None:
    """Retry-After puts the try off, never nearer, and by a day at most."""
    assert after(status, retry_after=2 * HOUR) == Again(NOW + 2 * HOUR)
    assert after(status, retry_after=30 * DAY) == Again(NOW + DAY)
    sooner = after(status, retry_after=1.0)
    assert isinstance(sooner, Again)
    assert sooner.at >= NOW + 0.8 * MINUTE


@pytest.mark.parametrize(
    ("status", "against"),
    [
        (None, True),
        (500, True),
        (503, True),
        (429, True),
        (202, False),
        (401, False),
        (403, False),
        (410, False),
    ],
)
def test_only_trouble_of_the_server_counts_against_it(status: int | None, against: bool) -> None:
    """Who answers that he does not want it is well."""
    assert counts_against_host(status) is against


def test_five_failures_in_ten_minutes_are_enough() -> None:
    """Then a host is left alone for half an hour; failures long ago do not count."""
    book = HostBook()
    for minute in range(4):
        assert book.failed("a", NOW + minute * MINUTE) is None
    assert book.failed("a", NOW + 4 * MINUTE) == NOW + 4 * MINUTE + PROBE_S
    for minute in range(0, 60, 6):
        assert book.failed("b", NOW + minute * MINUTE) is None


def test_a_probe_that_fails_is_half_an_hour_more() -> None:
    """One failure suffices once a host is left alone; one success ends it."""
    book = HostBook()
    for _ in range(5):
        book.failed("a", NOW)
    assert book.is_left_alone("a", NOW + PROBE_S - 1)
    assert not book.is_left_alone("a", NOW + PROBE_S)
    assert book.failed("a", NOW + PROBE_S) == NOW + 2 * PROBE_S
    assert book.well("a")
    assert not book.is_left_alone("a", NOW + PROBE_S + 1)
    assert not book.is_unwell("a")
    assert not book.well("a")


def test_what_is_not_written_yet_is_not_unlearned() -> None:
    """The store's older word does not undo what this process has just seen; its newer does."""
    book = HostBook()
    for _ in range(5):
        book.failed("a", NOW)
    book.load([HostRecord("a", None, 0, None, None)])
    assert book.is_left_alone("a", NOW + 1)
    book.written(["a"])
    book.load([HostRecord("a", None, 5, NOW, NOW + PROBE_S)])
    assert book.is_left_alone("a", NOW + 1)
    book.load([HostRecord("a", None, 0, None, None)])
    assert not book.is_unwell("a")


def test_a_few_failures_survive_news_of_others() -> None:
    """What is reloaded because another host changed does not forget four failures of this one."""
    book = HostBook()
    for _ in range(4):
        book.failed("a", NOW)
    book.load([HostRecord("a", "cavage-rsa", 0, None, None)])
    assert book.failed("a", NOW) is not None


def test_ed25519_is_kept_unless_it_is_refused() -> None:
    """Who reads Ed25519 gets it though he signs otherwise; who refuses it gets what he reads."""
    book = HostBook()
    assert book.scheme_for("a") == "cavage-rsa"
    assert book.learned_scheme("a", "rfc9421-ed25519")
    assert not book.learned_scheme("a", "cavage-rsa")
    assert book.scheme_for("a") == "rfc9421-ed25519"
    assert book.learned_scheme("a", "cavage-rsa", instead_of="rfc9421-ed25519")
    assert book.scheme_for("a") == "cavage-rsa"
    assert book.learned_scheme("a", "rfc9421-rsa")
    assert book.scheme_for("a") == "rfc9421-rsa"
