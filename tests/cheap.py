"""What costs much and is not what a test is about: hashes of passwords, which take a tenth of a
second on purpose, and RSA keys. Only in this process: nodes that are started as programs of their
own do everything as they do it for people."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from node.actions import passwords, signing_in
from node.activitypub import keys

KEYS = 128
"""Made in all, each when it is needed: no test has so many actors that two share one."""


@contextlib.contextmanager
def cheap_passwords() -> Iterator[None]:
    """The same hashes, of fewer rounds and less memory."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        nobody = cheap.hash("nobody's")
        for module in (passwords, signing_in):
            patch.setattr(module, "NOBODY", nobody)
        yield


@contextlib.contextmanager
def keys_again() -> Iterator[None]:
    """Real keys, which later actors have again."""
    make, made = keys.generate_rsa, list[tuple[str, str]]()
    numbers = itertools.count()

    def next_key() -> tuple[str, str]:
        if len(made) < KEYS:
            made.append(make())
            return made[-1]
        return made[next(numbers) % KEYS]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "generate_rsa", next_key)
        yield
