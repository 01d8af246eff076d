"""Passwords as argon2id hashes (RFC 9106, the library's own defaults)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()

NOBODY = _hasher.hash("nobody's")
"""The hash of nobody's password: checking against it takes as long as against anybody's, so that
the time does not tell who has an account."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_fits(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
