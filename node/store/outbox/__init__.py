"""What goes out: published activities, one delivery row per inbox, and the health of hosts."""

from node.store.outbox.activities import (
    BELL,
    Parcel,
    Target,
    forget_object,
    parcel,
    public_activity,
    public_count,
    public_page,
    publish,
    set_public,
    unlist_object,
)
from node.store.outbox.clearing import Cleared, drop_delivered
from node.store.outbox.deliveries import LEASE_SECONDS, Claimed, Delivery, claim, next_due
from node.store.outbox.hosts import (
    HOSTS_BELL,
    HostRecord,
    host_records,
    remember_host,
    revive_host,
)
from node.store.outbox.settling import HostChange, Postponed, Settlement, settle
from node.store.outbox.waiting import HostQueue, QueueLine, by_host, drop, queue, retry

__all__ = [
    "BELL",
    "HOSTS_BELL",
    "LEASE_SECONDS",
    "Claimed",
    "Cleared",
    "Delivery",
    "HostChange",
    "HostQueue",
    "HostRecord",
    "Parcel",
    "Postponed",
    "QueueLine",
    "Settlement",
    "Target",
    "by_host",
    "claim",
    "drop",
    "drop_delivered",
    "forget_object",
    "host_records",
    "next_due",
    "parcel",
    "public_activity",
    "public_count",
    "public_page",
    "publish",
    "queue",
    "remember_host",
    "retry",
    "revive_host",
    "set_public",
    "settle",
    "unlist_object",
]
