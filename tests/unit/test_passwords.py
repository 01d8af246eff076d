"""Passwords as they are kept: the module as it stands, not as tests make it cheaper."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from node.actions import passwords


def afresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("passwords_afresh", passwords.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_password_is_kept_as_a_costly_hash() -> None:
    """argon2id of 64 MiB, three rounds (RFC 9106, the second recommended way), another salt each
    time; what is no hash fits nothing."""
    real = afresh()
    kept = real.hash_password("un mot de passe")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != real.hash_password("un mot de passe")
    assert real.password_fits(kept, "un mot de passe")
    assert not real.password_fits(kept, "un autre")
    assert not real.password_fits("nonsense", "nonsense")
    assert real.NOBODY.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
