"""One post to a thousand followers on two hundred servers, of which some hang or are down."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.benchmarks.bench import Bench, open_sinks, prepare
from tests.benchmarks.node import AUTHOR, NodeProcess
from tests.benchmarks.processes import Helper, Others
from tests.benchmarks.report import Figure, Goal

PER_SERVER = 5
PATIENCE_S = 90.0
TIMES = 2
PENDING = 'entraide_deliveries{state="pending"}'
FOLLOWERS = 'entraide_followers{origin="remote"}'
RSA = Goal(700, "at least", "489")
ED25519 = Goal(2000, "at least", "none")
LIVING = Goal(1.3, "at most", "9 % after 150 s")


@dataclass(frozen=True, slots=True)
class Round:
    """One post: what arrived at the living servers."""

    arrived: int
    wanted: int
    twice: int
    seconds: float
    """From the publication, in the command's own process, to the last delivery that arrived."""
    first: float
    """From the publication to the first that arrived."""
    cpu: float
    sinks_cpu: float
    others: float
    """Share of the machine, 0 to 1, that was busy with what is not ours."""


def run(bench: Bench) -> list[Figure]:
    figures = []
    for scheme, shared in (("rsa", False), ("ed25519", False), ("rsa", True), ("ed25519", True)):
        name = "Ed25519 (RFC 9421)" if scheme == "ed25519" else "RSA (draft-cavage)"
        name += ", shared inboxes" if shared else ""
        bench.say(f"followers on servers that read {name}")
        with Helper("sinks") as sinks, Helper("load") as load:
            figures += _scheme(bench, sinks, load, scheme, shared, name)
    return figures


def _scheme(
    bench: Bench, sinks: Helper, load: Helper, scheme: str, shared: bool, name: str
) -> list[Figure]:
    servers = open_sinks(bench, sinks, bench.size(200, 40), shared_inbox=shared)
    folder = bench.folder / f"delivery-{scheme}-{'shared' if shared else 'own'}"
    origin = NodeProcess(folder)
    origin.make()
    node = origin
    fresh: list[Round] = []
    try:
        _follow(bench, load, origin, servers, scheme)
        wanted = len(servers) if shared else PER_SERVER * len(servers)
        keys = origin.document(f"/users/{AUTHOR}")
        node = origin.copy(folder.with_suffix(".healthy"))
        for _ in range(TIMES):  # a new process has no connections yet
            node.stop()
            node.start()
            fresh.append(_post(node, sinks, wanted, frozenset()))
        kept = [_post(node, sinks, wanted, frozenset()) for _ in range(TIMES)]
        checked = sinks.ask(
            do="verify",
            pem=keys["publicKey"]["publicKeyPem"],
            multibase=keys["assertionMethod"][0]["publicKeyMultibase"],
        )
        node.stop()
        healthy = _best(fresh)
        if shared:
            return _told_shared(name, healthy, _best(kept))
        figures = _told(name, scheme, healthy, _best(kept), checked)
        unwell = frozenset(range(len(servers) * 3 // 10))
        for how, said in (("hang", "30 % hanging"), ("down", "30 % down")):
            bench.say(said)
            sinks.ask(do="behave", numbers=sorted(unwell), how=how)
            rounds = []
            for number in range(TIMES):  # a copy that has not learnt yet who is unwell
                node = origin.copy(folder.with_suffix(f".{how}{number}"))
                node.start()
                rounds.append(_post(node, sinks, wanted - PER_SERVER * len(unwell), unwell))
                node.stop()
            figures.append(_living(name, said, _best(rounds), healthy))
            sinks.ask(do="behave", numbers=sorted(unwell), how="well")
        return figures
    finally:
        node.stop()
        origin.stop()


def _follow(bench: Bench, load: Helper, node: NodeProcess, servers: list[str], scheme: str) -> None:
    """Really signed Follows: what a server signs with is what it reads."""
    followers = [(server, number) for server in servers for number in range(PER_SERVER)]
    node.start()
    count = len(followers)
    prepare(bench, load, node, "follow", count, followers, what="follow", scheme=scheme)
    told = load.ask(
        do="post", name="follow", start=0, stop=count, url=f"{node.base}/inbox",
        connections=16, rate=None,
    )  # fmt: skip
    if told["statuses"] != {"202": count}:
        raise RuntimeError(f"The follows were answered {told['statuses']}.")
    node.wait_for(FOLLOWERS, count)
    node.wait_for(PENDING, 0)


def _post(node: NodeProcess, sinks: Helper, wanted: int, unwell: frozenset[int]) -> Round:
    """Publish one proposal and wait until the living servers have it."""
    sinks.ask(do="reset")
    without = sorted(unwell)
    sinks_cpu = sinks.ask(do="count", without=without)["cpu"]
    cpu, began, others = node.cpu(), time.monotonic(), Others()
    published = node.command(
        "proposal", "publish", "--author", AUTHOR, "--purpose", "request", "--topic",
        "care.groceries", "--title", "Courses pour une voisine", "--expires", "3d",
    )  # fmt: skip
    told = sinks.ask(do="count", without=without)
    while told["arrived"] < wanted and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.05)
        told = sinks.ask(do="count", without=without)
    if not unwell:
        node.wait_for(PENDING, 0)  # its own bookkeeping is part of the work
    if told["first"] is None:
        raise RuntimeError("Nothing was delivered.")
    start = born(published) - (time.time() - time.monotonic())
    return Round(
        arrived=told["arrived"],
        wanted=wanted,
        twice=told["twice"],
        seconds=told["last"] - start,
        first=told["first"] - start,
        cpu=node.cpu() - cpu,
        sinks_cpu=told["cpu"] - sinks_cpu,
        others=others.share(),
    )


def born(uri: str) -> float:
    """When an object was made: its id begins with milliseconds since the epoch, as Mastodon's do.
    That is before the transaction that publishes it, so that one is measured too."""
    return (int(uri.rsplit("/", 1)[1]) >> 16) / 1000


def _best(rounds: list[Round]) -> Round:
    """The one that brought most, and fastest: what others do with the machine slows some down."""
    return min(rounds, key=lambda one: (-one.arrived, one.seconds))


def _note(one: Round) -> str:
    note = (
        f"{one.arrived} of {one.wanted} within {one.seconds:.3f} s of publication, the first "
        f"after {one.first:.3f} s; sinks {one.sinks_cpu:.2f} s of CPU; "
        f"others {100 * one.others:.0f} % of the machine"
    )
    return f"{note}; {one.twice} arrived twice" if one.twice else note


def _told(
    name: str, scheme: str, fresh: Round, kept: Round, checked: dict[str, int]
) -> list[Figure]:
    figures = []
    limit = "Ed25519 signatures" if scheme == "ed25519" else "RSA-2048 signatures"
    goal = ED25519 if scheme == "ed25519" else RSA
    for one, which in ((fresh, "new connections"), (kept, "connections kept")):
        figures += [
            Figure(
                "delivery",
                f"{name}, {which}",
                one.arrived / max(one.seconds, 1e-6),
                "/s",
                goal,
                limit,
                _note(one),
            ),
            Figure("delivery", f"{name}, {which}: CPU of each", 1000 * one.cpu / one.arrived, "ms"),
        ]
    note = f"of {checked['sample']} in the sample; {checked['rfc9421']} under RFC 9421"
    share = 100 * checked["verified"] / max(checked["sample"], 1)
    goal = Goal(100, "at least")
    figures.append(
        Figure("delivery", f"{name}: signatures that verify", share, "%", goal, note=note)
    )
    return figures


def _told_shared(name: str, fresh: Round, kept: Round) -> list[Figure]:
    """With shared inboxes one delivery serves five followers."""
    return [
        Figure(
            "delivery",
            f"{name}, {which}: followers served",
            PER_SERVER * one.arrived / max(one.seconds, 1e-6),
            "/s",
            note=_note(one),
        )
        for one, which in ((fresh, "new connections"), (kept, "connections kept"))
    ]


def _living(name: str, said: str, one: Round, healthy: Round) -> Figure:
    note = (
        f"{one.arrived} of {one.wanted} at living servers in {one.seconds:.2f} s, "
        f"healthy {healthy.seconds:.2f} s; others {100 * one.others:.0f} % of the machine"
    )
    ratio = one.seconds / healthy.seconds if one.arrived == one.wanted else float("inf")
    return Figure("delivery", f"{name}, {said}: time to the living", ratio, "×", LIVING, note=note)
