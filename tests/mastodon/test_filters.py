"""Filters: made by newer and by older apps, and what of a page they apply to."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from node.mastodon import kept
from node.mastodon.methods import account_statuses, statuses
from node.mastodon.methods import timelines as methods
from node.store import actors
from node.store.tables import metadata
from node.store.transaction import Transaction
from node.store.versions import written
from tests.benchmarks.timelines import PAGE, questions
from tests.mastodon import shapes
from tests.mastodon.shapes import check
from tests.mastodon.signing_in import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")
ALL = "/api/v2/filters"


async def test_a_filter_applies(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    made = await amina.post(
        ALL,
        title="Foot",
        context=["home", "public"],
        filter_action="hide",
        expires_in=3600,
        keywords_attributes=[
            {"keyword": "match", "whole_word": True},
            {"keyword": "ballon", "whole_word": False},
        ],
    )
    check(made, shapes.FILTER)
    assert [one["keyword"] for one in made["keywords"]] == ["match", "ballon"]

    async def hit(text: str, **more: str) -> list[str]:
        status = await benoit.post("/api/v1/statuses", status=text, **more)
        found = (await amina.get(f"/api/v1/statuses/{status['id']}"))["filtered"]
        check(found, [shapes.FILTER_RESULT])
        return [word for one in found for word in one["keyword_matches"] or []]

    assert await hit("Un MATCH ce soir") == ["MATCH"]
    assert await hit("Allumettes : match-maker, matchs") == ["match"]
    assert await hit("Les matchs") == []
    assert await hit("Ballonnet et match") == ["Ballon", "match"]
    assert await hit("Rien", spoiler_text="Le match") == ["match"]
    assert await hit("<b>match") == ["match"]
    one = await benoit.post("/api/v1/statuses", status="Autre chose")
    path = f"{ALL}/{made['id']}"
    single = await amina.post(f"{path}/statuses", status_id=one["id"])
    check(single, shapes.FILTER_STATUS)
    found = await amina.get(f"/api/v1/statuses/{one['id']}")
    assert found["filtered"][0]["status_matches"] == [one["id"]]
    assert found["filtered"][0]["filter"]["filter_action"] == "hide"
    assert (await benoit.get(f"/api/v1/statuses/{one['id']}"))["filtered"] == []
    check(await amina.get(f"{path}/statuses"), [shapes.FILTER_STATUS])
    assert await amina.get(f"{ALL}/statuses/{single['id']}") == single
    assert (await amina.ask("DELETE", f"{ALL}/statuses/{single['id']}")).body == {}
    # Another's is not there.
    for method, url in (("GET", path), ("PUT", path), ("DELETE", path)):
        assert (await benoit.ask(method, url, json={"title": "x"})).status == 404
    await amina.ask("PUT", path, json={"expires_in": "", "title": "Sport"})
    changed = await amina.get(path)
    assert (changed["title"], changed["expires_at"]) == ("Sport", None)
    assert changed["context"] == ["home", "public"]
    words = changed["keywords"]
    await amina.ask(
        "PUT",
        path,
        json={
            "keywords_attributes": [
                {"id": words[0]["id"], "_destroy": True},
                {"id": words[1]["id"], "keyword": "balle", "whole_word": True},
                {"keyword": "but"},
            ]
        },
    )
    assert [one["keyword"] for one in (await amina.get(path))["keywords"]] == ["balle", "but"]
    await amina.ask("DELETE", path)
    assert await amina.get(ALL) == []


async def test_words(fresh: Town) -> None:
    amina = await fresh.app("amina")
    made = await amina.post(ALL, title="Mots", context=["thread"])
    assert (made["filter_action"], made["keywords"]) == ("warn", [])
    path = f"{ALL}/{made['id']}/keywords"
    word = await amina.post(path, keyword="pluie", whole_word="false")
    check(word, shapes.FILTER_KEYWORD)
    assert word["whole_word"] is False
    one = f"{ALL}/keywords/{word['id']}"
    changed = await amina.ask("PUT", one, json={"keyword": "neige", "whole_word": True})
    assert changed.body == word | {"keyword": "neige", "whole_word": True}
    assert await amina.get(path) == [changed.body] == [await amina.get(one)]
    assert (await amina.ask("DELETE", one)).status == 200
    assert (await amina.ask("GET", one)).status == 404
    for sent in (
        {"title": "", "context": ["home"]},
        {"title": "x", "context": []},
        {"title": "x", "context": ["là"]},
        {"title": "x", "context": ["home"], "filter_action": "shout"},
        {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": " "}]},
    ):
        told = await amina.ask("POST", ALL, json=sent)
        assert told.status == 422, sent
        assert told.body["error"]
    await amina.ask("DELETE", f"{ALL}/{made['id']}")


async def test_older_apps(fresh: Town) -> None:
    amina = await fresh.app("amina")
    old = "/api/v1/filters"
    made = await amina.post(old, phrase="chasse", context=["home"], irreversible=True)
    check(made, shapes.V1_FILTER)
    assert made["irreversible"] is True
    assert await amina.get(old) == [made]
    assert await amina.get(f"{old}/{made['id']}") == made
    changed = await amina.ask(
        "PUT", f"{old}/{made['id']}", json={"phrase": "pêche", "context": ["public"]}
    )
    check(changed.body, shapes.V1_FILTER)
    assert (changed.body["phrase"], changed.body["irreversible"]) == ("pêche", False)
    whole = (await amina.get(ALL))[0]
    assert whole["keywords"][0]["id"] == made["id"]
    await amina.post(f"{ALL}/{whole['id']}/keywords", keyword="deux")
    refused = await amina.ask(
        "PUT", f"{old}/{made['id']}", json={"phrase": "x", "context": ["home"]}
    )
    assert refused.status == 422
    for one in await amina.get(old):
        assert (await amina.ask("DELETE", f"{old}/{one['id']}")).status == 200
    assert await amina.get(ALL) == []


async def test_answers_are_kept_by_all_that_they_hang_on(fresh: Town) -> None:
    """Every table that is read for an answer that is kept is one whose changes end it."""
    me = await fresh.app("amina")
    await me.post(ALL, title="Mots", context=["home"], keywords_attributes=[{"keyword": "x"}])
    poll = {"options": ["oui", "non"], "expires_in": 3600}
    first = await me.post("/api/v1/statuses", status="#lyon", poll=poll)
    await me.post("/api/v1/statuses", status="#lyon", quoted_status_id=first["id"])
    await me.post(f"/api/v1/statuses/{first['id']}/reblog")
    read: set[str] = set()

    def look(tx: Transaction) -> None:
        def note(_: object, __: object, statement: str, *___: object) -> None:
            words = statement.replace('"', "").replace(",", " ").split()
            read.update(word for word in words if word in metadata.tables)

        actor = actors.local_by_username(tx, "amina")
        assert actor is not None
        sa.event.listen(tx.connection, "before_cursor_execute", note)
        try:
            for name, unit in questions(tx, fresh.node.here, actor).items():
                assert unit(tx) or name == "an account"
            account_statuses._of_account(
                tx, fresh.node.here, actor, actor.id, PAGE, pinned=True, media=False,
                replies=True, shares=True, tag=None,
            )  # fmt: skip
            statuses._context(tx, fresh.node.here, actor, int(first["id"]))
        finally:
            sa.event.remove(tx.connection, "before_cursor_execute", note)

    await fresh.node.store.read(look)
    assert {"objects", "feed", "quotes", "polls", "filters", "shares"} <= read
    assert read <= set(kept.SHOWN), read - set(kept.SHOWN)
    kinds = [one for area in (methods, statuses, account_statuses) for one in area.METHODS]
    assert sum(one.kept for one in kinds) == 7


async def test_what_goes_with_a_row_is_changed_too() -> None:
    objects = metadata.tables["objects"]
    gone = written(sa.delete(objects).where(objects.c.id == 1))
    assert {"objects", "feed", "status_tallies", "polls", "poll_votes"} <= gone
    assert written(sa.update(objects).values(url=None)) == {"objects"}
    assert written(sa.select(objects)) == frozenset()
    assert written(sa.insert(metadata.tables["journal"])) == frozenset()
    assert "feed" in written(sa.text("DELETE FROM objects WHERE id = 1"))
