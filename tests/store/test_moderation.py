"""What mediators keep, and what hangs on it, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from node.aid.lifecycle import State
from node.moderation.policy import DomainBlock
from node.store import (
    audit,
    blocks,
    follows,
    mediator_notes,
    moderation,
    on_behalf,
    pictures,
    proposals,
    reports,
    silences,
    tables,
)
from node.store.engine import Store
from node.store.pictures import PicturesGone
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal


async def test_a_server_is_blocked_changed_and_unblocked(store: Store) -> None:
    """One row per domain, and whoever keeps the list hears of each change."""
    bell = store.bell(moderation.BELL)

    async def block(severity: str) -> list[DomainBlock]:
        await store.write(
            moderation.block_domain, domain="evil.example", severity=severity, now=NOW
        )
        return await store.read(moderation.domain_block_list)

    assert await store.read(moderation.domain_block_list) == []
    assert await block("silence") == [DomainBlock("evil.example", "silence")]
    assert await bell.wait(1.0)
    assert await block("suspend") == [DomainBlock("evil.example", "suspend")]
    assert await bell.wait(1.0)
    assert await store.write(moderation.unblock_domain, "evil.example")
    assert await bell.wait(1.0)
    assert not await store.write(moderation.unblock_domain, "evil.example")
    assert await store.read(moderation.domain_block_list) == []


async def test_a_failed_unit_blocks_nobody_and_rings_no_bell(store: Store) -> None:
    """What was not committed was not said."""
    bell = store.bell(moderation.BELL)

    def failing(tx: Transaction) -> None:
        moderation.block_domain(tx, domain="evil.example", severity="suspend", now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(failing)
    assert await store.read(moderation.domain_block_list) == []
    assert not await bell.wait(0.05)


async def test_a_report_is_kept_once_per_activity(store: Store) -> None:
    """A replay is no second report; our own people's reports have no activity and all count."""

    def unit(tx: Transaction) -> None:
        zoe, amina = add_actor(tx, "zoe", "m.example"), add_actor(tx, "amina")

        def report(uri: str | None, target: int | None = amina) -> bool:
            made = reports.add(
                tx,
                activity_uri=uri,
                reporter_id=zoe,
                target_id=target,
                objects=["https://croix-rousse.example/objects/é"],
                content="spam",
                now=NOW,
            )
            return made is not None

        assert report("r:1")
        assert not report("r:1")
        assert report("r:2", None)
        assert report(None)
        assert report(None)
        assert reports.open_count(tx) == 4
        waiting = reports.listed(tx, state="open", most=10)
        assert [one.id for one in waiting] == sorted((one.id for one in waiting), reverse=True)
        assert waiting[0].objects == ("https://croix-rousse.example/objects/é",)
        assert reports.listed(tx, before=waiting[1].id, most=1) == [waiting[2]]
        reports.settle(tx, waiting[0].id, by=amina, outcome="talked", now=NOW + 5)
        settled = reports.by_id(tx, waiting[0].id)
        assert settled is not None
        assert (settled.state, settled.settled_at, settled.outcome) == (
            "settled",
            NOW + 5,
            "talked",
        )
        assert reports.open_count(tx) == 3
        assert reports.listed(tx, state="settled", most=10) == [settled]
        reports.reopen(tx, settled.id)
        assert reports.by_id(tx, settled.id) == waiting[0]
        assert reports.recent_of(tx, zoe, since=NOW) == 4
        assert reports.recent_of(tx, zoe, since=NOW + 1) == 0

    await store.write(unit)


async def test_how_a_server_is_blocked_is_kept_whole(store: Store) -> None:
    """Flags and both reasons; the list is paged by name; a change keeps when it began."""

    def unit(tx: Transaction) -> None:
        whole = DomainBlock(
            "a.example",
            "noop",
            reject_media=True,
            reject_reports=True,
            reason="public",
            private_reason="private",
            obfuscate=True,
        )
        for now, block in ((NOW, whole), (NOW + 9, DomainBlock("b.example", "suspend"))):
            moderation.block_domain(
                tx,
                domain=block.domain,
                severity=block.severity,
                reject_media=block.reject_media,
                reject_reports=block.reject_reports,
                reason=block.reason,
                private_reason=block.private_reason,
                obfuscate=block.obfuscate,
                now=now,
            )
        assert moderation.domain_block(tx, "a.example") == whole
        assert moderation.domain_block(tx, "c.example") is None
        moderation.block_domain(tx, domain="b.example", severity="silence", now=NOW + 99)
        softer = DomainBlock("b.example", "silence")
        assert moderation.domain_block_page(tx, after=None, most=9) == [
            (whole, NOW),
            (softer, NOW + 9),
        ]
        assert moderation.domain_block_page(tx, after="a.example", most=9) == [(softer, NOW + 9)]

    await store.write(unit)


async def test_who_lives_on_a_server_is_found(store: Store) -> None:
    """Their follows end, what of theirs is shown is found, and nobody else's."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        zoe, yann = add_actor(tx, "zoe", "m.example"), add_actor(tx, "yann", "n.example")
        for follower, target in ((amina, zoe), (zoe, amina), (yann, amina), (amina, yann)):
            follows.put(
                tx,
                follower_id=follower,
                target_id=target,
                state=follows.ACCEPTED,
                activity_uri=f"f:{follower}:{target}",
                now=NOW,
            )
        ours = add_proposal(tx, amina, 1, local=True)
        shown = add_proposal(tx, zoe, 2)
        hidden = add_proposal(tx, zoe, 3, shown=False)
        closed = add_proposal(tx, zoe, 4, state=State.DONE)
        other = add_proposal(tx, yann, 5)
        assert sorted(moderation.remote_domains(tx)) == ["m.example", "n.example"]
        assert moderation.proposals_of(tx, domains=["m.example"]) == [shown.id, closed.id]
        assert moderation.proposals_of(tx, domains=["m.example"], shown=False) == [hidden.id]
        assert moderation.proposals_of(tx, author_id=yann) == [other.id]
        assert moderation.proposals_of(tx, author_id=amina) == []
        assert moderation.proposals_of(tx, domains=[]) == []
        assert moderation.open_proposals_of(tx, amina) == [ours.id]
        assert moderation.open_proposals_of(tx, zoe) == [shown.id, hidden.id]
        assert len(follows.of_follower(tx, amina)) == 2
        moderation.end_follows_with(tx, ["m.example"])
        assert [one.target_id for one in follows.of_follower(tx, amina)] == [yann]
        assert follows.of_follower(tx, zoe) == []
        assert len(follows.of_follower(tx, yann)) == 1

    await store.write(unit)


async def test_the_silenced_and_the_suspended_leave_the_lists(store: Store) -> None:
    """A suspended author is shown nowhere, a silenced one at their own place only."""

    def titles(tx: Transaction, **where: Any) -> list[int]:
        return [one.proposal.id for one in proposals.listed(tx, now=NOW + 60, **where)]

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        hers, his = add_proposal(tx, amina, 1, local=True), add_proposal(tx, bruno, 2, local=True)
        assert titles(tx) == [his.id, hers.id]
        silences.silence(tx, bruno, reason="loud", now=NOW)
        silences.silence(tx, bruno, reason="very loud", now=NOW)
        assert silences.is_silenced(tx, bruno)
        assert silences.is_silenced_uri(tx, his.author_uri)
        assert not silences.is_silenced(tx, amina)
        assert not silences.is_silenced_uri(tx, hers.author_uri)
        assert titles(tx) == [hers.id]
        assert titles(tx, author_id=bruno) == [his.id]
        assert titles(tx, object_id=his.id) == [his.id]
        assert silences.unsilence(tx, bruno)
        assert not silences.unsilence(tx, bruno)
        moderation.suspend(tx, amina, at=NOW)
        assert titles(tx) == [his.id]
        assert titles(tx, author_id=amina) == titles(tx, object_id=hers.id) == []
        moderation.suspend(tx, amina, at=None)
        assert titles(tx) == [his.id, hers.id]

    await store.write(unit)


async def test_the_audit_is_read_newest_first_and_never_changed(store: Store) -> None:
    """Lines are added; there is no function that takes one out or writes over it."""

    def unit(tx: Transaction) -> None:
        maud = add_actor(tx, "maud")
        for number in range(5):
            audit.add(
                tx,
                actor_id=maud if number else None,
                who="maud@x" if number else "",
                action="domain.suspend" if number % 2 else "report.settle",
                target=f"t{number}",
                reason="",
                now=NOW + number,
            )
        lines = audit.listed(tx, most=10)
        assert [line.target for line in lines] == ["t4", "t3", "t2", "t1", "t0"]
        assert (lines[-1].who, lines[-1].at) == ("", NOW)
        assert audit.listed(tx, before=lines[2].id, most=1) == [lines[3]]
        assert audit.listed(tx, action="domain.suspend", most=10) == [lines[1], lines[3]]
        assert audit.listed(tx, target="t2", most=10) == [lines[2]]
        tx.execute(sa.delete(tables.actors).where(tables.actors.c.id == maud))
        assert len(audit.listed(tx, most=10)) == 5, "who did it may leave, what was done stays"

    await store.write(unit)
    assert {name for name in vars(audit) if not name.startswith("_")} >= {"add", "listed"}
    assert not {"update", "delete", "remove", "purge"} & set(vars(audit))


async def test_notes_hang_on_what_they_are_about(store: Store) -> None:
    """Each thing has its own, and they go with it."""

    def unit(tx: Transaction) -> None:
        maud = add_actor(tx, "maud")

        def note(about: str, about_id: int, author: int | None = maud) -> int:
            return mediator_notes.add(
                tx, about=about, about_id=about_id, author_id=author, text="é", now=NOW
            )

        first, second, other = note("actor", 1), note("actor", 1, None), note("report", 1)
        found = mediator_notes.listed(tx, about="actor", about_id=1, most=9)
        assert [one.id for one in found] == [second, first]
        assert [one.author for one in found] == ["", "maud@croix-rousse.example"]
        assert mediator_notes.listed(tx, about="actor", about_id=1, before=second, most=9) == [
            found[1]
        ]
        mediator_notes.remove(tx, first)
        assert mediator_notes.by_id(tx, first) is None
        assert mediator_notes.remove_about(tx, about="actor", about_id=1) == 1
        assert mediator_notes.by_id(tx, other) is not None

    await store.write(unit)


async def test_blocks_are_seen_from_both_sides(store: Store) -> None:
    """Whoever of the two said so."""

    def unit(tx: Transaction) -> None:
        a, b, c = (add_actor(tx, name) for name in ("amina", "bruno", "carla"))
        blocks.put(tx, actor_id=a, target_id=b, activity_uri="b:1", now=NOW)
        blocks.put(tx, actor_id=c, target_id=a, activity_uri=None, now=NOW)
        assert blocks.between(tx, a, b)
        assert blocks.between(tx, b, a)
        assert not blocks.between(tx, b, c)
        assert blocks.of(tx, a) == {b, c}
        assert blocks.of(tx, b) == {a}
        assert blocks.made_by(tx, a, before=None, most=9) == [b]
        assert blocks.made_by(tx, a, before=b, most=9) == []
        assert blocks.made_by(tx, b, before=None, most=9) == []
        assert blocks.activity_of(tx, actor_id=a, target_id=b) == "b:1"
        assert blocks.activity_of(tx, actor_id=c, target_id=a) is None

    await store.write(unit)


async def test_what_is_known_of_a_beneficiary_goes_when_the_proposal_does(store: Store) -> None:
    """Closed, deleted, or expired and not renewed; what is open or still a draft keeps it."""

    def unit(tx: Transaction) -> None:
        maud = add_actor(tx, "maud")
        subjects = {
            "open": add_proposal(tx, maud, 1, local=True).id,
            "paused": add_proposal(tx, maud, 2, local=True, state=State.PAUSED).id,
            "done": add_proposal(tx, maud, 3, local=True, state=State.DONE).id,
            "withdrawn": add_proposal(tx, maud, 4, local=True, state=State.WITHDRAWN).id,
            "removed": add_proposal(tx, maud, 5, local=True, state=State.REMOVED).id,
            "over": add_proposal(
                tx, maud, 6, local=True, state=State.EXPIRED, expires_at=NOW - 100
            ).id,
            "renewable": add_proposal(
                tx, maud, 7, local=True, state=State.EXPIRED, expires_at=NOW - 1
            ).id,
            "draft": 88,
            "gone": 99,
        }
        tx.execute(
            sa.insert(tables.drafts),
            {
                "id": 88,
                "author_id": maud,
                "state": "draft",
                "fields": {},
                "source": "on-behalf",
                "created_at": NOW,
                "updated_at": NOW,
            },
        )
        for subject in subjects.values():
            on_behalf.put(
                tx,
                on_behalf.OnBehalf(subject, maud, "Colette", "elle", NOW, "phone", "04 78", NOW),
            )
        assert "Colette" not in repr(on_behalf.of(tx, 88))
        found = on_behalf.listed(tx, writer_id=maud, most=20)
        assert len(found) == len(subjects)
        assert found == sorted(found, key=lambda one: -one.subject_id)
        assert on_behalf.listed(tx, writer_id=1, most=20) == []
        assert len(on_behalf.listed(tx, writer_id=None, before=found[2].subject_id, most=2)) == 2
        assert on_behalf.purge_ended(tx, expired_before=NOW - 50) == 5
        assert on_behalf.purge_ended(tx, expired_before=NOW - 50) == 0
        kept = {name for name, subject in subjects.items() if on_behalf.of(tx, subject)}
        assert kept == {"open", "paused", "renewable", "draft"}

    await store.write(unit)


async def test_pictures_belong_to_somebody_and_to_one_thing(store: Store) -> None:
    """Attached in their order, by their owner alone; what is left out goes; leftovers are found."""
    told: list[object] = []
    store.subscribe(told.append)

    def picture(number: int, owner: int, **values: int) -> pictures.Picture:
        given: dict[str, Any] = {
            "id": number,
            "owner_id": owner,
            "name": f"{number:032d}.jpg",
            "media_type": "image/jpeg",
            "bytes": 10,
            "width": 4,
            "height": 3,
            "alt": "un vélo",
            "object_id": None,
            "position": 0,
            "created_at": NOW,
        }
        return pictures.Picture(**(given | values))

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        shown = add_proposal(tx, amina, 1, local=True)
        for number, owner in ((1, amina), (2, amina), (3, amina), (4, bruno)):
            pictures.insert(tx, picture(number, owner))

        def attach(*numbers: int) -> bool:
            return pictures.attach(tx, numbers, object_id=shown.id, owner_id=amina)

        assert not attach(1, 4), "Bruno's is not hers"
        assert pictures.of_object(tx, shown.id) == []
        assert attach(2, 1)
        assert [one.id for one in pictures.of_object(tx, shown.id)] == [2, 1]
        assert attach(3, 1, 1)
        assert [one.id for one in pictures.of_object(tx, shown.id)] == [3, 1]
        assert pictures.by_id(tx, 2) is None
        found = pictures.of_objects(tx, [shown.id, 5])
        assert {key: [one.id for one in value] for key, value in found.items()} == {
            shown.id: [3, 1]
        }
        assert not pictures.attach(tx, [1], object_id=77, owner_id=amina), "it is taken"
        pictures.insert(tx, picture(5, amina, object_id=77))
        pictures.set_alt(tx, 1, "un tandem")
        assert pictures.by_name(tx, f"{1:032d}.jpg") == pictures.by_id(tx, 1)
        assert pictures.bytes_of(tx, amina) == 30
        assert [one.id for one in pictures.unattached_of(tx, bruno)] == [4]
        left = pictures.unattached_older_than(tx, NOW + 1)
        assert [one.id for one in left] == [4, 5], "also what belongs to something that is gone"
        assert pictures.unattached_older_than(tx, NOW) == []
        assert pictures.known_names(tx, [f"{4:032d}.jpg", "x.jpg"]) == {f"{4:032d}.jpg"}
        assert pictures.remove_unattached(tx, before=NOW + 1) == 2
        assert pictures.remove_of_owner(tx, amina) == 2
        assert not pictures.remove(tx, 1)

    await store.write(unit)
    gone = [name for one in told if isinstance(one, PicturesGone) for name in one.names]
    assert sorted(gone) == [f"{number:032d}.jpg" for number in (1, 2, 3, 4, 5)]


async def test_only_the_blocks_that_matter_are_read(store: Store) -> None:
    """Of a long list, those that cover the hosts that one asks for: themselves, without their
    port, and the domains above; asked for very many, the whole list."""

    def unit(tx: Transaction) -> None:
        for number in range(30):
            moderation.block_domain(tx, domain=f"s{number}.example", severity="suspend", now=NOW)
        moderation.block_domain(tx, domain="quiet.example", severity="silence", now=NOW)
        moderation.block_domain(tx, domain="192.0.2.7", severity="suspend", now=NOW)
        moderation.block_domain(tx, domain="127.0.0.1:81", severity="suspend", now=NOW)
        hosts = ["A.S1.example:8443", "kind.example", "x.quiet.example", "192.0.2.7:80"]
        for asked in (hosts, hosts + [f"a.b.c{number}.example" for number in range(400)]):
            found = moderation.blocks_covering(tx, asked)
            assert found.suspends("a.s1.example:8443")
            assert found.suspends("192.0.2.7:80")
            assert found.silences("x.quiet.example")
            assert found.covering("kind.example") is None
        assert moderation.blocks_covering(tx, ["127.0.0.1:81"]).suspends("127.0.0.1:81")
        assert not moderation.blocks_covering(tx, ["127.0.0.1:82"]).suspends("127.0.0.1:82")
        assert moderation.blocks_covering(tx, hosts).covering("s2.example") is None
        assert moderation.blocks_covering(tx, []).covering("s2.example") is None

    await store.write(unit)
