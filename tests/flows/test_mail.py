"""Mail against a real SMTP server: what goes, when, and what happens when it does not go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from pyotp import TOTP

from node.actions import credentials, second_factor
from node.actions.accounts import change_account, make_token
from node.actions.notices import mark_all_read, set_preferences, tell
from node.actions.passwords import hash_password, password_fits
from node.errors import NotFound
from node.jobs import digest
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.visibility import Visibility
from node.store import accounts, actors, mails, objects
from node.store.transaction import Transaction
from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.flows.letterbox import MORNING, letterbox
from tests.mailbox import link, mailbox, words
from tests.serving import Serving, serving
from tests.store.people import status

__all__ = ["database_url", "postgres_url", "sqlite_url"]


async def test_one_letter_a_day_when_something_happened(database_url: str, tmp_path: Path) -> None:
    """At its hour where the quartier is, with all of the day in it, each thing once; and none on
    a day without news."""
    async with mailbox() as box, letterbox(database_url, tmp_path, box) as post:
        amina, bruno = await post.account("amina"), await post.account("bruno")
        drill = await post.publish(amina, purpose="offer", topic="lending.tools", title="Perceuse")
        await post.tell(amina, Kind.COMMENT, "1", by=bruno, object_id=drill.id)
        await post.tell(amina, Kind.COMMENT, "1", by=bruno, object_id=drill.id)
        await post.tell(amina, Kind.VOUCHED, by=bruno)
        assert await post.post(hours=8.4) == 0  # 17.54
        assert await post.post(hours=0.2) == 1
        assert box.recipients == ["amina@example.org"]
        letter = words(box.mails.pop())
        assert letter.startswith("Bonjour Amina,\n")
        assert letter.count("Bruno a commenté votre annonce « Perceuse ».") == 1
        assert "Bruno répond de vous." in letter
        assert f"/@amina/{drill.id}" in letter
        assert await post.post(hours=24) == 0
        await post.tell(amina, Kind.COMMENT, "2", by=bruno, object_id=drill.id)
        assert await post.post(hours=24) == 1
        assert words(box.mails.pop()).count("–") == 1


async def test_what_is_urgent_goes_at_once_and_not_too_often(tmp_path: Path) -> None:
    """A step about an urgent proposal comes in a minute, in the person's language, and stands in
    no digest; the sixth within half an hour waits for it."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        amina = await post.account("amina", locale="en")
        bruno = await post.account("bruno")
        need = await post.publish(amina, urgency="critical", title="Médicaments")
        for number in range(6):
            await post.tell(
                amina, Kind.AGREEMENT_PROPOSED, str(number), by=bruno, object_id=need.id
            )
        assert await post.post() == 5
        assert "Bruno answered your announcement “Médicaments”." in words(box.mails[0])
        assert box.mails[0]["Subject"].startswith("Croix-Rousse: Bruno answered")
        box.mails.clear()
        assert await post.post(hours=12) == 1
        assert words(box.mails[0]).count("Bruno answered") == 1
        assert not await post.queue()


async def test_nobody_is_written_to_against_their_wish(tmp_path: Path) -> None:
    """Not before the address is confirmed, not what was read meanwhile, not what the person does
    not want, and nothing at all where no mail is sent."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        new = await post.account("new", confirmed=False)
        reader, chooser = await post.account("reader"), await post.account("chooser")
        await post.store.write(
            set_preferences, chooser, {"comment": "never", "message": "now", "report": "digest"}
        )
        for person in (new, reader, chooser):
            await post.tell(person, Kind.COMMENT, urgent=True)
        assert [line.to for line in await post.queue()] == ["reader@example.org"]
        for person in (new, reader, chooser):
            await post.tell(person, Kind.MESSAGE)
            await post.tell(person, Kind.REPORT, urgent=True)
        await post.store.write(mark_all_read, post.here, reader)
        assert await post.post() == 3
        assert sorted(set(box.recipients)) == ["chooser@example.org", "reader@example.org"]
        box.recipients.clear()
        await post.post(hours=12)
        assert box.recipients == ["chooser@example.org"]
    async with letterbox(new_sqlite(tmp_path), tmp_path, None) as silent:
        amina = await silent.account("amina")
        await silent.tell(amina, Kind.MESSAGE, urgent=True)
        assert not await silent.queue()
        assert await silent.store.read(accounts.next_digest) is None


async def test_a_mail_looks_as_it_should(tmp_path: Path) -> None:
    """From the quartier, dated, with an id of our domain, marked as written by a program; no name
    or title begins a header of its own."""
    async with (
        mailbox() as box,
        letterbox(new_sqlite(tmp_path), tmp_path, box, sender="quartier@example.org") as post,
    ):
        amina, bruno = await post.account("amina"), await post.account("bruno")
        evil = "Amina\r\nBcc: all@example.org\r\n\r\nX"
        await post.store.write(actors.set_words, bruno.id, now=MORNING, name=evil)
        need = await post.publish(amina, urgency="high", title="Un mot – été")
        await post.tell(amina, Kind.AGREEMENT_PROPOSED, by=bruno, object_id=need.id)
        assert await post.post() == 1
        mail = box.mails[0]
        assert box.senders == ["quartier@example.org"]
        assert box.recipients == ["amina@example.org"]
        assert mail["Bcc"] is None
        assert mail["From"] == "Croix-Rousse <quartier@example.org>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Message-ID"].endswith("@127.0.0.1>")
        assert mail["Date"].datetime.timestamp() == MORNING
        assert mail.get_content_type() == "text/plain"
        assert "« Un mot – été »" in words(mail)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        stop = post.here.settings.base_url + link(mail, "/unsubscribe/")
        assert mail["List-Unsubscribe"].strip() == f"<{stop}>"  # folded


async def test_no_private_word_is_in_a_mail(tmp_path: Path) -> None:
    """Neither what was written to one person, nor contact details, nor what was given along with
    the news: only that there is something, and where."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        amina, bruno = await post.account("amina"), await post.account("bruno")
        await post.store.write(change_account, bruno.id, contact="06 99 88 77 66")

        def write(tx: Transaction) -> int:
            made = status(
                bruno.id, 1, local=True, visibility=Visibility.DIRECT, name="SECRET",
                content="<p>SECRET</p>", summary="SECRET", url="https://x.example/SECRET",
            )  # fmt: skip
            assert objects.insert(tx, made, addressed=[amina.uri])
            return made.id

        note = await post.store.write(write)
        for urgent in (True, False):
            for kind in (Kind.MESSAGE, Kind.CONTACT_REVEALED, Kind.REVIEW_WAITING):
                await post.tell(
                    amina, kind, str(urgent), by=bruno, object_id=note, urgent=urgent,
                    data={"text": "SECRET", "contact": "06 99 88 77 66"},
                )  # fmt: skip
        assert await post.post() == 3
        assert await post.post(hours=12) == 1
        for mail in box.mails:
            assert "SECRET" not in mail.as_string() + words(mail)
            assert "06 99" not in words(mail)


async def test_a_server_that_is_away_or_busy_is_tried_again(tmp_path: Path) -> None:
    """After a minute, then five…; what it refused for good is dead and seen in the queue, without
    its words being lost; after four days nobody tries any more."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        amina = await post.account("amina")
        box.refuse = "451 4.7.1 come back later"
        await post.tell(amina, Kind.MESSAGE, urgent=True)
        assert await post.post() == 1
        (line,) = await post.queue()
        assert (line.state, line.attempts) == ("pending", 1)
        assert "451" in (line.error or "")
        assert await post.post() == 0
        box.refuse = ""
        assert await post.post(hours=0.03) == 1
        assert len(box.mails) == 1
        assert not await post.queue()

        box.refuse = "550 5.1.1 nobody of that name"
        await post.tell(amina, Kind.MESSAGE, "2", urgent=True)
        assert await post.post() == 1
        (line,) = await post.queue("dead")
        assert "nobody of that name" in (line.error or "")
        assert await post.post(hours=24) == 0
        box.refuse = ""
        assert await post.store.write(mails.retry, now=post.clock.now()) == 1
        assert await post.post() == 1

        box.refuse_data = "452 4.3.1 the disk is full"
        await post.tell(amina, Kind.MESSAGE, "3", urgent=True)
        for _ in range(20):
            await post.post(hours=8)
        assert [line.state for line in await post.queue()] == ["dead"]


async def test_a_server_that_is_down_is_tried_again(tmp_path: Path) -> None:
    """Nothing is lost while nobody listens."""
    async with mailbox() as box:
        port = box.port
    async with letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        amina = await post.account("amina")
        await post.tell(amina, Kind.MESSAGE, urgent=True)
        assert await post.post() == 1
        assert [line.attempts for line in await post.queue()] == [1]
        async with mailbox(port=port) as back:
            assert await post.post(hours=0.03) == 1
            assert len(back.mails) == 1


async def unsubscribe_page(web: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    async with web.get(url, headers={"Accept-Language": "en"}) as answer:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-store"
        return answer.status, await answer.text()


async def test_one_click_ends_the_mail(tmp_path: Path) -> None:
    """The page alone changes nothing; the button, or the mail program by itself (RFC 8058), ends
    it; passwords still come by mail, and who asks for news again gets them."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        async with (
            serving(new_sqlite(tmp_path), tmp_path, mail=mail) as node,
            aiohttp.ClientSession() as web,
        ):
            amina = await node.account("amina")
            await tell_urgently(node, amina, "1")
            url = node.base + link(await box.one(), "/unsubscribe/")
            status, text = await unsubscribe_page(web, url)
            assert (status, '<form method="post">' in text) == (200, True)
            await tell_urgently(node, amina, "2")
            await box.one()
            async with web.post(url, data={"List-Unsubscribe": "One-Click"}) as answer:
                assert answer.status == 200
            async with web.post(url) as answer:
                assert answer.status == 200
            await tell_urgently(node, amina, "3")
            assert not await node.store.read(mails.queue, most=10)
            api = f"{node.base}/api/aid/v1"
            async with web.post(
                f"{api}/password/forgotten", json={"email": "amina@example.org"}
            ) as answer:
                assert answer.status == 204
            assert "mot de passe" in words(await box.one())
            token = await node.store.write(make_token, "amina", "write", node.here.clock.now())
            async with web.patch(
                f"{api}/me",
                json={"notify": {"*": "now"}},
                headers={"Authorization": f"Bearer {token}"},
            ) as answer:
                assert answer.status == 200
            await tell_urgently(node, amina, "4")
            await box.one()
            assert (await unsubscribe_page(web, node.base + "/unsubscribe/nobody"))[0] == 404


async def tell_urgently(node: Serving, person: Actor, dedupe: str) -> None:
    await node.store.write(tell, node.here, person, Kind.MESSAGE, dedupe=dedupe, urgent=True)


async def test_a_forgotten_password(tmp_path: Path) -> None:
    """The link opens once and for two hours; the new password ends every token, the old one
    opens nothing; a second letter makes the first one worthless."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        await post.account("amina")
        for _ in range(3):
            await post.store.write(credentials.ask_new_password, post.here, "amina@example.org")
        await post.post()
        first, second, third = (link(mail, "/reset/").rsplit("/", 1)[1] for mail in box.mails)
        hashed = hash_password("un autre mot")
        for bad in (first, second, "x"):
            with pytest.raises(NotFound):
                await post.store.write(credentials.use_password_key, post.here, bad, hashed)
        with pytest.raises(NotFound):
            await post.store.write(credentials.confirm_address, post.here, third)
        await post.store.write(credentials.use_password_key, post.here, third, hashed)
        with pytest.raises(NotFound):
            await post.store.write(credentials.use_password_key, post.here, third, hashed)
        account = await post.store.read(accounts.by_username, "amina")
        assert account is not None
        assert password_fits(account.password_hash, "un autre mot")
        await post.store.write(credentials.ask_new_password, post.here, "amina@example.org")
        await post.post(hours=2.1)
        late = link(box.mails[-1], "/reset/").rsplit("/", 1)[1]
        with pytest.raises(NotFound):
            await post.store.write(credentials.use_password_key, post.here, late, hashed)


async def test_who_has_an_account_reads_that_its_locks_were_changed(tmp_path: Path) -> None:
    """Password, second factor, address: a letter to the address that was theirs before, in their
    language; none where it is not known to be theirs."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        here = post.here
        amina, new = await post.account("amina"), await post.account("new", confirmed=False)
        bruno = await post.account("bruno", locale="en")
        for who in (amina, new, bruno):
            await post.store.write(credentials.change_password, here, who, "a hash")
        assert await post.post() == 2
        assert box.recipients == ["amina@example.org", "bruno@example.org"]
        french, english = map(words, box.mails)
        assert "votre mot de passe vient de changer" in french
        assert f"{here.settings.base_url}/about#contact" in french
        assert "your password has just been changed" in english
        box.mails.clear()
        setup = await post.store.write(second_factor.set_up, here, amina)
        code = TOTP(setup.secret).at(here.clock.now())
        await post.store.write(second_factor.turn_on, here, amina, code)
        await post.store.write(second_factor.turn_off, here, amina)
        assert await post.post() == 2
        assert "vient d’être mise en place" in words(box.mails[0])
        assert "vient d’être retirée" in words(box.mails[1])
        box.mails.clear()
        await post.store.write(credentials.ask_confirmation, here, amina, "neuve@example.org")
        await post.post()
        assert box.recipients.pop() == "neuve@example.org"
        key = link(box.mails.pop(), "/confirm/").rsplit("/", 1)[1]
        await post.store.write(credentials.confirm_address, here, key)
        assert await post.post() == 1
        assert box.recipients.pop() == "amina@example.org"
        assert "celle-ci n’y sert plus" in words(box.mails.pop())


async def test_the_job_writes_the_letters_of_the_day(tmp_path: Path) -> None:
    """When the hour has come while it sleeps, it wakes; no other hour wakes it."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        amina = await post.account("amina")
        post.clock.advance(8.4999 * 3600)  # a third of a second before 18.00
        queued = post.store.bell(mails.BELL)
        job = asyncio.create_task(digest.run(post.store, post.here))
        await post.tell(amina, Kind.MESSAGE)
        await asyncio.sleep(0.1)
        assert not await post.queue()
        post.clock.advance(1.0)
        assert await queued.wait(5.0)
        assert [line.to for line in await post.queue()] == ["amina@example.org"]
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
