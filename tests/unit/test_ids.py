"""Identifiers: 48 bits of milliseconds, 16 of sequence."""

from __future__ import annotations

import itertools

from node.ids import id_time, new_id


def test_every_id_is_larger_than_the_one_before() -> None:
    """Also where more are made in a millisecond than its sequence holds: deliveries keep order."""
    made = [new_id() for _ in range(200_000)]
    assert all(before < after for before, after in itertools.pairwise(made))


def test_a_dated_id_tells_its_time() -> None:
    """The date of a status from elsewhere places it among ours in the timelines."""
    assert id_time(new_id(1_700_000_000.123)) == 1_700_000_000.123


def test_a_dated_id_does_not_move_those_of_the_present() -> None:
    """An id dated in the future leaves what is made now where it belongs."""
    before = new_id()
    far = new_id(4_000_000_000.0)
    after = new_id()
    assert before < after < far
