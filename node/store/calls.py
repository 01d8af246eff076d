"""What streams are told after a commit, in all processes: few words, and the numbers to look up.

Each is ``verb number …``; `node.mastodon.streams` reads them.
"""

from __future__ import annotations

from node.store.transaction import Transaction


def written(tx: Transaction, object_id: int) -> None:
    tx.call(f"written {object_id}")


def edited(tx: Transaction, object_id: int) -> None:
    tx.call(f"edited {object_id}")


def shared(tx: Transaction, share_id: int) -> None:
    tx.call(f"shared {share_id}")


def gone(tx: Transaction, identifier: int, *, open: bool) -> None:
    """A status or a share; `open`: one that everybody could see."""
    tx.call(f"gone {identifier} {int(open)}")


def told(tx: Transaction, account_id: int, notification_id: int) -> None:
    tx.call(f"told {notification_id} {account_id}")


def talked(tx: Transaction, account_id: int, conversation_id: int) -> None:
    tx.call(f"talked {conversation_id} {account_id}")


def filters_changed(tx: Transaction, account_id: int) -> None:
    tx.call(f"filters {account_id}")


def let_in(tx: Transaction, account_id: int) -> None:
    """Notifications that waited are in the list now."""
    tx.call(f"let-in {account_id}")


def token_ended(tx: Transaction, hash: str) -> None:
    tx.call(f"token {hash}")


def tokens_ended(tx: Transaction, account_id: int) -> None:
    """All of somebody's."""
    tx.call(f"tokens {account_id}")
