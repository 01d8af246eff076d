"""One announcement on its page: all of it, what is said under it, who sees what."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import agreements as agreeing
from node.actions.moderation import remove_proposal
from node.actions.posts import post_once
from node.actions.proposals import close_proposal, delete_proposal
from node.actions.vouching import vouch
from node.aid.lifecycle import State
from node.social.accounts import Actor
from node.social.posts import Post
from node.social.visibility import Visibility
from node.store import objects, silences
from node.web.quartier import comments
from node.web.quartier.proposal import whole_of
from tests.databases import new_sqlite
from tests.flows.neighbourhood import iso
from tests.pages.reading import reader
from tests.pages.test_mine_queries import counted
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
_NAMES = (f"{name}{n}" for n in itertools.count(1) for name in ("amina", "benoit", "claire"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("proposal")
    async with serving(new_sqlite(directory), directory) as serving_node:
        yield serving_node


async def somebody(node: Serving, role: str = "member") -> Actor:
    return await node.account(next(_NAMES), role=role)


def path_of(author: Actor, uri: str) -> str:
    return f"/@{author.username}/{uri.rsplit('/', 1)[1]}"


async def test_all_of_an_announcement_is_told(node: Serving) -> None:
    """Kind, topic, how much is left, when, where roughly, until when, who and who vouches."""
    author, friend = await somebody(node), await somebody(node)
    await node.store.write(vouch, node.here, friend, author.id)
    starts = time.time() + 5 * 86_400
    uri = await node.publish(
        author,
        purpose="offer",
        topic="collective.garden",
        mode="together",
        title="Planter des fraisiers",
        text="Apportez des gants.\n\nOn goûte à 16 h.",
        quantity="6",
        starts=iso(starts),
        urgency="low",
        languages=["en"],
        answerable="members",
    )
    async with reader(node) as somebody_:
        page = await somebody_.get(path_of(author, uri))
        assert page.status == 200
        assert page.h1 == "Planter des fraisiers"
        for said in (
            *("Offre", "Rien ne presse", "Jardin partagé", "Places 6", "à partir du"),
            *("Croix-Rousse, dans un rayon de 550 m", "français, anglais"),
            *("les membres du quartier et des quartiers voisins", author.name),
            f"Se porte garant pour cette personne : {friend.name}",
            f"{author.name} lira votre réponse, et personne d’autre.",
        ):
            assert said in page.text, said
        assert [str(one) for one in page.soup.select(".announcement .said p")] == [
            "<p>Apportez des gants.</p>",
            "<p>On goûte à 16 h.</p>",
        ]
        assert page.links["Cela m’intéresse"] == f"/answer/{uri.rsplit('/', 1)[1]}"
        (alternate,) = page.soup.select("link[rel=alternate]")
        assert alternate["href"] == uri
        (og,) = page.soup.select('meta[property="og:title"]')
        assert og["content"] == "Offre : Planter des fraisiers"
        assert len(page.html) < 20_000
        document = await somebody_.get(
            path_of(author, uri), headers={"Accept": "application/activity+json"}, follow=False
        )
        assert document.headers["Location"] == uri
    async with reader(node, language="en") as abroad:
        page = await abroad.get(path_of(author, uri))
        assert "French, English" in page.text
        assert "There is no hurry" in page.text
        assert page.soup.select_one("h1[lang=fr]") is not None


async def test_what_became_of_it_is_said(node: Serving) -> None:
    """Settled, taken back, deleted, removed: in words, with the status that fits."""
    author, mediator = await somebody(node), await somebody(node, "mediator")
    ended = {
        State.DONE: (200, "C’est réglé. Merci !"),
        State.WITHDRAWN: (200, "n’est plus d’actualité"),
    }
    async with reader(node) as r:
        for state, (status, said) in ended.items():
            uri = await node.publish(author, title="Une échelle")
            number = int(uri.rsplit("/", 1)[1])
            await node.store.write(close_proposal, node.here, number, state=state)
            page = await r.get(path_of(author, uri))
            assert page.status == status
            assert said in page.text
            assert "Je peux aider" not in page.links
            assert page.soup.select_one("meta[name=robots]") is not None
        uri = await node.publish(author, title="Une échelle")
        await node.store.write(delete_proposal, node.here, int(uri.rsplit("/", 1)[1]))
        page = await r.get(path_of(author, uri))
        assert page.status == 410
        assert "qui l’a écrite l’a retirée" in page.text
        uri = await node.publish(author, title="Un secret")
        number = int(uri.rsplit("/", 1)[1])
        await node.store.write(remove_proposal, node.here, mediator, number, "Une adresse dedans.")
        page = await r.get(path_of(author, uri))
        assert page.status == 410
        assert "secret" not in page.html
        assert (await r.get("/proposals/12345")).status == 404
        assert (await r.get(f"/@{author.username}/12345")).status == 404
        other = await somebody(node)
        live = await node.publish(author, title="Une corde")
        assert (await r.get(path_of(other, live))).status == 404
        page = await r.get(f"/proposals/{live.rsplit('/', 1)[1]}", follow=False)
        assert page.headers["Location"] == path_of(author, live)
    for who in (author, mediator):
        async with reader(node, who) as r:
            page = await r.get(path_of(author, uri))
            assert page.status == 200
            assert "La médiation du quartier a retiré cette annonce." in page.text


async def test_members_talk_under_it(node: Serving) -> None:
    """A public word is written once, is read by all, in its order, and nothing in it is markup."""
    author, other = await somebody(node), await somebody(node)
    uri = await node.publish(author, title="Des courses")
    path = path_of(author, uri)
    async with reader(node, other) as o, reader(node, author) as a, reader(node) as out:
        page = await o.get(path)
        assert "Personne n’a encore écrit ici." in page.text
        form = page
        page = await o.submit(form, button="Publier ce message", text="Quel jour ?\n<b>Jeudi</b> ?")
        assert page.notice == "Votre message est publié sous l’annonce."
        await o.submit(form, button="Publier ce message", text="Quel jour ?\n<b>Jeudi</b> ?")
        await a.submit(await a.get(path), button="Publier ce message", text="Vendredi plutôt.")
        page = await out.get(path)
        assert page.text.count("Quel jour ?") == 1
        assert "<b>Jeudi</b> ?" in page.text
        assert page.text.index("Quel jour") < page.text.index("Vendredi plutôt.")
        assert "Publier ce message" not in page.buttons
        page = await o.submit(await o.get(path), button="Publier ce message", text=" ")
        assert page.status == 422
        assert page.problems == ["Écrivez votre message."]
        first = (await node.store.read(objects.replies, uri, after=None, most=1))[0][0]
        page = await out.get(f"/@{other.username}/{first}")
        assert page.links["Des courses"] == path


async def test_a_long_thread_is_read_in_parts(
    node: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each comment stands with what answers it, wherever the page ends; what is not for all, and
    what people say whom the mediators silenced, is not there."""
    monkeypatch.setattr(comments, "PAGE", 2)
    author, other = await somebody(node), await somebody(node)
    uri = await node.publish(author, title="Un vélo")
    number = int(uri.rsplit("/", 1)[1])

    async def say(
        who: Actor, text: str, to: int, visibility: Visibility = Visibility.PUBLIC
    ) -> int:
        post = Post(text=text, reply_to=to, visibility=visibility)
        made = await node.store.write(post_once, node.here, who, post, {})
        assert made.status is not None
        return made.status.id

    first = await say(other, "un", number)
    await say(other, "deux", number)
    await say(other, "trois", number)
    await say(author, "réponse à un", first)
    await say(other, "à mes proches", first, Visibility.FOLLOWERS)
    async with reader(node) as r:
        page = await r.get(path_of(author, uri))
        said = [" ".join(one.get_text().split()) for one in page.soup.select(".comments .said")]
        assert said == ["un", "réponse à un", "deux"]
        assert f"en réponse à {other.name}" in page.text
        page = await r.get(page.links["Les messages suivants"])
        said = [" ".join(one.get_text().split()) for one in page.soup.select(".comments .said")]
        assert said == ["trois"]
        assert "Les messages suivants" not in page.links
        await node.store.write(silences.silence, other.id, reason="", now=time.time())
        page = await r.get(path_of(author, uri))
        said = [" ".join(one.get_text().split()) for one in page.soup.select(".comments .said")]
        assert said == ["réponse à un"]
        await node.store.write(silences.unsilence, other.id)
    async with reader(node, other) as o:
        page = await o.submit(
            await o.get(path_of(author, uri)), button="Publier ce message", text="quatre"
        )
        assert [one.get_text().strip() for one in page.soup.select(".comments .said")] == ["quatre"]


async def test_each_is_shown_what_they_can_do(node: Serving) -> None:
    """Its author changes it, who answered sees their answer, others answer or report."""
    author, answerer = await somebody(node), await somebody(node)
    uri = await node.publish(author, title="Une perceuse")
    number = int(uri.rsplit("/", 1)[1])
    path = path_of(author, uri)
    made = await node.store.write(agreeing.offer_help, node.here, answerer, number)
    async with reader(node, author) as a, reader(node, answerer) as b, reader(node) as out:
        page = await a.get(path)
        assert page.links["Changer, arrêter ou prolonger"] == f"/edit/{number}"
        assert "Signaler un problème" not in page.links
        page = await b.get(path)
        assert page.links["Voir où cela en est"] == f"/me/agreements/{made.id}"
        page = await out.get(path)
        assert page.links["Je peux aider"] == f"/answer/{number}"
        elsewhere = "Répondre depuis un compte ailleurs (Mastodon…)"
        assert page.links[elsewhere] == f"/elsewhere/{number}"


async def test_it_costs_a_fixed_number_of_queries(node: Serving) -> None:
    """However many people wrote under it, and answered each other."""
    author, other = await somebody(node), await somebody(node)
    uri = await node.publish(author, title="Un banc")
    number = int(uri.rsplit("/", 1)[1])
    asked = []
    for times in (1, 12):
        for _ in range(times):
            post = Post(text="Bonjour", reply_to=number)
            made = await node.store.write(post_once, node.here, other, post, {})
            assert made.status is not None
            post = Post(text="Bonsoir", reply_to=made.status.id)
            await node.store.write(post_once, node.here, author, post, {})
        asked.append(await node.store.read(counted, whole_of, node.here, None, number, None))
    assert asked[0] == asked[1]
    assert asked[0] < 20
    async with reader(node) as r:
        page = await r.get(path_of(author, uri))
        assert len(page.soup.select(".comments > li")) == 26


async def test_what_is_among_members_is_shown_to_them_only(tmp_path: Path) -> None:
    """Where the association wants that: no announcement, nothing of it, nobody's list."""
    tables = {"node": {"name": "Croix-Rousse", "public_pages": "members"}}
    async with serving(new_sqlite(tmp_path), tmp_path, **tables) as closed:
        author = await closed.account("amina")
        uri = await closed.publish(author, title="Le secret des voisins", text="#secret")
        number = uri.rsplit("/", 1)[1]
        paths = (
            *(path_of(author, uri), f"/answer/{number}", f"/elsewhere/{number}", "/@amina"),
            *("/tags/secret", f"/proposals/{number}"),
        )
        async with reader(closed) as out, reader(closed, author) as a:
            for path in paths:
                page = await out.get(path)
                assert page.status == 403, path
                assert "secret des voisins" not in page.html
            assert (await a.get(path_of(author, uri))).status == 200


async def test_a_thread_is_read_alike_on_both_databases(database_url: str, tmp_path: Path) -> None:
    """Comments in their order, each with what answers it, whatever keeps them."""
    async with serving(database_url, tmp_path) as fresh:
        author = await fresh.account("amina")
        uri = await fresh.publish(author, title="Un banc")
        ids = [int(uri.rsplit("/", 1)[1])]
        for text, to in (("un", 0), ("deux", 0), ("sous un", 1), ("sous sous un", 3)):
            post = Post(text=text, reply_to=ids[to])
            made = await fresh.store.write(post_once, fresh.here, author, post, {})
            assert made.status is not None
            ids.append(made.status.id)
        read = await fresh.store.read(comments.talk, None, uri, None)
        assert [one.id for one in read.comments] == [ids[1], ids[3], ids[4], ids[2]]
        assert read.after is None
