"""A person's data, all of it, as one JSON document that a program can read."""

from __future__ import annotations

import json
from typing import Any, Final

from node.clock import to_iso
from node.errors import NotFound
from node.outbox.here import Here
from node.store import actors, personal
from node.store.transaction import Transaction

FORMAT: Final = "entraide-export-1"
_TIMES: Final = frozenset({"at", "published", "updated", "due", "occurrence", "made_until"})
_NUMBERS: Final = frozenset({"id"})


def export_account(tx: Transaction, here: Here, actor_id: int) -> dict[str, Any]:
    """`{"format", "node", "made_at", "account": {…}, "proposals": […], …}`. Times are ISO 8601
    in UTC, ids are strings. Raises NotFound for nobody of ours."""
    actor = actors.by_id(tx, actor_id)
    rows = personal.export(tx, actor_id)
    if actor is None or not rows["account"]:
        raise NotFound("Il n’y a personne de ce numéro ici.")
    told: dict[str, Any] = {
        "format": FORMAT,
        "node": here.settings.base_url,
        "made_at": to_iso(here.clock.now()),
    }
    for name, found in rows.items():
        told[name] = [_readable(row) for row in found]
    told["account"] = told["account"][0]
    for picture in told["pictures"]:
        picture["url"] = here.addresses.media(picture["name"])
    return told


def export_text(tx: Transaction, here: Here, actor_id: int) -> bytes:
    """The same, written out."""
    told = export_account(tx, here, actor_id)
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and (name.endswith("_at") or name in _TIMES):
        return to_iso(value)
    if isinstance(value, int) and (name.endswith("_id") or name in _NUMBERS):
        return str(value)
    return value
