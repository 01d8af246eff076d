"""The private keys of local actors, each loaded once and kept."""

from __future__ import annotations

from dataclasses import dataclass

from node.activitypub.keys import PrivateKey, load_private
from node.errors import NotFound
from node.store import actors
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ActorKeys:
    rsa: PrivateKey
    ed25519: PrivateKey


class Keyring:
    """Keys by actor id. Every local actor has one RSA-2048 and one Ed25519 key."""

    def __init__(self) -> None:
        self._keys: dict[int, ActorKeys] = {}

    def of(self, tx: Transaction, actor_id: int) -> ActorKeys:
        keys = self._keys.get(actor_id)
        if keys is None:
            loaded = {
                row.algorithm: load_private(row.id, row.algorithm, row.private)
                for row in actors.private_keys_of(tx, actor_id)
            }
            if "rsa" not in loaded or "ed25519" not in loaded:
                raise NotFound(f"The actor {actor_id} has no keys here: it is not a local one.")
            keys = self._keys[actor_id] = ActorKeys(loaded["rsa"], loaded["ed25519"])
        return keys

    def forget(self, actor_id: int) -> None:
        self._keys.pop(actor_id, None)
