"""What apps are told, and how far somebody read."""

from __future__ import annotations

from typing import Any

import pytest

from node.actions.notices import tell
from node.social.notifications import Kind
from node.store import actors, objects, polls
from node.store.transaction import Transaction
from tests.mastodon.shapes import CONVERSATION, GROUPS, MARKER, NOTIFICATION, POLICY, REQUEST, check
from tests.mastodon.signing_in import App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_markers_are_kept_and_counted(fresh: Town) -> None:
    app = await fresh.app("amina")
    assert await app.get("/api/v1/markers") == {}
    first = await app.post("/api/v1/markers", home={"last_read_id": "17"})
    assert first["home"]["last_read_id"] == "17"
    assert first["home"]["version"] == 0
    check(first["home"], MARKER)
    form = {"home[last_read_id]": "18", "notifications[last_read_id]": "3"}
    second = (await app.ask("POST", "/api/v1/markers", data=form)).body
    assert second["home"]["version"] == 1
    found = await app.get("/api/v1/markers", **{"timeline[]": "home"})
    assert list(found) == ["home"]
    assert found["home"]["last_read_id"] == "18"


async def test_who_never_read_has_read_up_to_nothing(fresh: Town) -> None:
    app = await fresh.app("benoit")
    timelines = ["home", "notifications"]
    found = await app.get("/api/v1/markers", **{"timeline[]": timelines})
    assert list(found) == ["notifications"]
    assert found["notifications"]["last_read_id"] == "0"
    check(found["notifications"], MARKER)


async def test_an_id_that_went_through_a_double_is_the_notification_meant(fresh: Town) -> None:
    """Phanpy marks `most_recent_notification_id` as read, which is a number for JavaScript."""
    await fresh.node.account("dora")
    dora, amina = await fresh.app("dora"), await fresh.app("amina")
    await amina.post("/api/v1/statuses", status="Bonjour @dora")
    (group,) = (await dora.get("/api/v2/notifications"))["notification_groups"]
    told = group["most_recent_notification_id"]
    for seen in {int(float(told)), told}:
        moved = await dora.post("/api/v1/markers", notifications={"last_read_id": str(seen)})
        assert moved["notifications"]["last_read_id"] == str(told)
    assert await dora.get("/api/v1/notifications/unread_count") == {"count": 0}
    far = await dora.post("/api/v1/markers", notifications={"last_read_id": str(told + 1000)})
    assert far["notifications"]["last_read_id"] == str(told + 1000)


async def test_nothing_was_told_yet(fresh: Town) -> None:
    app = await fresh.app("benoit")
    assert await app.get("/api/v1/notifications") == []
    assert await app.get("/api/v1/notifications/unread_count") == {"count": 0}
    assert (await app.ask("GET", "/api/v1/notifications/5")).status == 404


async def test_what_others_do_is_told(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    status = await amina.post("/api/v1/statuses", status="Qui a une échelle ? @benoit")
    (mention,) = await benoit.get("/api/v1/notifications")
    check(mention, NOTIFICATION)
    assert mention["type"] == "mention"
    assert mention["status"]["id"] == status["id"]
    assert mention["account"]["username"] == "amina"
    await benoit.post(f"/api/v1/statuses/{status['id']}/favourite")
    await benoit.post(f"/api/v1/statuses/{status['id']}/favourite")
    await benoit.post(f"/api/v1/statuses/{status['id']}/reblog")
    found = await amina.get("/api/v1/notifications")
    assert [one["type"] for one in found] == ["reblog", "favourite"]
    await benoit.post(f"/api/v1/statuses/{status['id']}/unfavourite")
    found = await amina.get("/api/v1/notifications")
    assert [one["type"] for one in found] == ["reblog"]
    assert await amina.get("/api/v1/notifications", **{"types[]": "follow"}) == []


async def test_groups(fresh: Town) -> None:
    """Favourites of one status are one; pages of them lead to each other."""
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    await fresh.node.account("chloe")
    chloe = await fresh.app("chloe")
    await amina.post("/api/v1/notifications/clear")
    first, second = [await amina.post("/api/v1/statuses", status=f"Mot {n}") for n in (1, 2)]
    for who in (benoit, chloe):
        for status in (first, second):
            await who.post(f"/api/v1/statuses/{status['id']}/favourite")
    found = await amina.get("/api/v2/notifications")
    check(found, GROUPS)
    assert [one["notifications_count"] for one in found["notification_groups"]] == [2, 2]
    assert [one["status_id"] for one in found["notification_groups"]] == [
        second["id"],
        first["id"],
    ]
    assert len(found["accounts"]) == 2
    group = found["notification_groups"][0]
    assert len(group["sample_account_ids"]) == 2
    page = await amina.ask("GET", "/api/v2/notifications", params={"limit": "1"})
    assert [one["status_id"] for one in page.body["notification_groups"]] == [second["id"]]
    assert 'rel="next"' in page.headers["Link"]
    lean = await amina.get("/api/v2/notifications", expand_accounts="partial_avatars")
    check(lean, GROUPS)
    assert len(lean["accounts"]) + len(lean["partial_accounts"]) == 2
    alone = await amina.get("/api/v2/notifications", **{"grouped_types[]": "follow"})
    assert [one["notifications_count"] for one in alone["notification_groups"]] == [1] * 4
    assert alone["notification_groups"][0]["group_key"].startswith("ungrouped-")
    assert await amina.get("/api/v2/notifications/unread_count") == {"count": 2}
    key = group["group_key"]
    one = await amina.get(f"/api/v2/notifications/{key}")
    assert [each["group_key"] for each in one["notification_groups"]] == [key]
    people = await amina.get(f"/api/v2/notifications/{key}/accounts")
    assert {each["username"] for each in people} == {"benoit", "chloe"}
    await amina.post(f"/api/v2/notifications/{key}/dismiss")
    assert await amina.get("/api/v2/notifications/unread_count") == {"count": 1}
    assert (await amina.ask("GET", f"/api/v2/notifications/{key}")).status == 404


async def test_pages_of_notifications_lead_to_each_other(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    await amina.post("/api/v1/notifications/clear")
    for number in range(5):
        await benoit.post("/api/v1/statuses", status=f"@amina {number}")
    everything = [one["id"] for one in await amina.get("/api/v1/notifications")]
    assert len(everything) == 5
    page = await amina.ask("GET", "/api/v1/notifications", params={"limit": "2"})
    seen = [one["id"] for one in page.body]
    while 'rel="next"' in page.headers.get("Link", ""):
        url = page.headers["Link"].split("<")[1].split(">")[0]
        page = await amina.ask("GET", url)
        seen += [one["id"] for one in page.body]
    assert seen == everything
    above = await amina.get("/api/v1/notifications", min_id=everything[4], limit="2")
    assert [one["id"] for one in above] == everything[2:4]
    newest = await amina.get("/api/v1/notifications", since_id=everything[4], limit="2")
    assert [one["id"] for one in newest] == everything[:2]


async def test_a_policy_lets_strangers_wait(fresh: Town) -> None:
    await fresh.node.account("chloe")
    amina, chloe = await fresh.app("amina"), await fresh.app("chloe")
    await amina.post("/api/v1/notifications/clear")
    policy = await amina.get("/api/v2/notifications/policy")
    check(policy, POLICY)
    wrong = await amina.ask(
        "PATCH", "/api/v2/notifications/policy", json={"for_not_following": "perhaps"}
    )
    assert wrong.status == 422
    changed = await amina.ask(
        "PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"}
    )
    assert changed.body["for_not_following"] == "filter"
    await chloe.post("/api/v1/statuses", status="@amina bonjour")
    assert await amina.get("/api/v1/notifications") == []
    assert len(await amina.get("/api/v1/notifications", include_filtered="true")) == 1
    (request,) = await amina.get("/api/v1/notifications/requests")
    check(request, REQUEST)
    assert request["account"]["username"] == "chloe"
    assert (await amina.get("/api/v2/notifications/policy"))["summary"] == {
        "pending_requests_count": 1,
        "pending_notifications_count": 1,
    }
    await amina.post(f"/api/v1/notifications/requests/{request['id']}/accept")
    assert len(await amina.get("/api/v1/notifications")) == 1
    await chloe.post("/api/v1/statuses", status="@amina encore")
    assert len(await amina.get("/api/v1/notifications")) == 2
    assert await amina.get("/api/v1/notifications/requests") == []
    assert await amina.get("/api/v1/notifications/requests/merged") == {"merged": True}
    await amina.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "accept"})


async def test_conversations(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    first = await amina.post(
        "/api/v1/statuses", status="@benoit tu as le temps ?", visibility="direct"
    )
    (mine,) = await amina.get("/api/v1/conversations")
    (his,) = await benoit.get("/api/v1/conversations")
    check([mine, his], [CONVERSATION])
    assert (mine["unread"], his["unread"]) == (False, True)
    assert [one["username"] for one in his["accounts"]] == ["amina"]
    answer = await benoit.post(
        "/api/v1/statuses",
        status="@amina oui, ce soir",
        visibility="direct",
        in_reply_to_id=first["id"],
    )
    (mine,) = await amina.get("/api/v1/conversations")
    assert mine["last_status"]["id"] == answer["id"]
    assert mine["unread"]
    read = await amina.post(f"/api/v1/conversations/{mine['id']}/read")
    assert not read["unread"]
    await benoit.ask("DELETE", f"/api/v1/statuses/{answer['id']}")
    (mine,) = await amina.get("/api/v1/conversations")
    assert mine["last_status"]["id"] == first["id"]
    gone = await amina.ask("DELETE", f"/api/v1/conversations/{mine['id']}")
    assert (gone.status, gone.body) == (200, {})
    assert (await amina.ask("DELETE", f"/api/v1/conversations/{mine['id']}")).status == 404
    assert len(await benoit.get("/api/v1/conversations")) == 1


async def kinds(app: App, **query: Any) -> list[str]:
    found = await app.get("/api/v1/notifications", **query)
    check(found, [NOTIFICATION])
    return [one["type"] for one in found]


async def test_each_kind_is_told_when_it_happens(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    await amina.post("/api/v1/notifications/clear")
    await benoit.post("/api/v1/notifications/clear")
    her = (await amina.get("/api/v1/accounts/verify_credentials"))["id"]
    await benoit.post(f"/api/v1/accounts/{her}/follow", notify=True)
    assert await kinds(amina) == ["follow"]
    await benoit.post(f"/api/v1/accounts/{her}/unfollow")
    assert await kinds(amina) == []
    await amina.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    await benoit.post(f"/api/v1/accounts/{her}/follow", notify=True)
    assert await kinds(amina) == ["follow_request"]
    (asking,) = await amina.get("/api/v1/follow_requests")
    await amina.post(f"/api/v1/follow_requests/{asking['id']}/authorize")
    assert await kinds(amina) == ["follow"]
    await amina.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": False})

    status = await amina.post("/api/v1/statuses", status="Une nouvelle")
    assert await kinds(benoit) == ["status"]
    await benoit.post(f"/api/v1/statuses/{status['id']}/reblog")
    quoting = await benoit.post("/api/v1/statuses", status="Voyez", quoted_status_id=status["id"])
    assert await kinds(amina) == ["quote", "reblog", "follow"]
    (quote,) = await amina.get("/api/v1/notifications", **{"types[]": "quote"})
    assert quote["status"]["id"] == quoting["id"]
    path = f"/api/v1/statuses/{status['id']}"
    await amina.ask("PUT", path, json={"status": "Une autre nouvelle"})
    assert set(await kinds(benoit)) == {"quoted_update", "update", "status"}
    await amina.ask("DELETE", path)
    assert await kinds(benoit) == []
    await amina.post(f"/api/v1/statuses/{quoting['id']}/mute")
    await amina.post("/api/v1/notifications/clear")
    await benoit.post("/api/v1/statuses", status="@amina et encore", in_reply_to_id=quoting["id"])
    assert await kinds(amina) == []


async def test_mediators_learn_of_people_and_reports(fresh: Town) -> None:
    await fresh.node.account("diane", role="mediator")
    diane, benoit = await fresh.app("diane"), await fresh.app("benoit")
    await fresh.node.account("emil")
    amina = await (await fresh.app("amina")).get("/api/v1/accounts/verify_credentials")
    await benoit.post("/api/v1/reports", account_id=amina["id"], comment="Regardez.")
    assert await kinds(diane) == ["admin.report", "admin.sign_up"]
    (told, *_) = await diane.get("/api/v1/notifications")
    assert told["report"]["comment"] == "Regardez."
    groups = await diane.get("/api/v2/notifications")
    check(groups, GROUPS)
    assert groups["notification_groups"][0]["report"]["comment"] == "Regardez."


async def test_the_end_of_a_poll_is_told_to_who_asked_and_who_voted(fresh: Town) -> None:
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    await amina.post("/api/v1/notifications/clear")
    await benoit.post("/api/v1/notifications/clear")
    poll = {"options": ["oui", "non"], "expires_in": 600}
    status = await amina.post("/api/v1/statuses", status="Un banc ?", poll=poll)
    await benoit.post(f"/api/v1/polls/{status['id']}/votes", choices=[0])
    now = fresh.node.here.clock.now()
    await fresh.node.store.write(polls.close, int(status["id"]), now)
    for app in (amina, benoit):
        (told,) = await app.get("/api/v1/notifications", **{"types[]": "poll"})
        assert told["status"]["poll"]["options"][0]["votes_count"] == 1
        assert told["account"]["username"] == "amina"


async def test_steps_of_help_stand_among_the_notifications(fresh: Town) -> None:
    """As what apps know: a change of the announcement, unless a note of the quartier says it."""
    amina, benoit = await fresh.app("amina"), await fresh.app("benoit")
    await amina.post("/api/v1/notifications/clear")
    me = await fresh.node.store.read(actors.by_id, await number(amina))
    him = await fresh.node.store.read(actors.by_id, await number(benoit))
    assert me is not None
    uri = await fresh.node.publish(me)
    status = await fresh.node.store.read(objects.by_uri, uri)
    assert status is not None

    def told(tx: Transaction) -> None:
        tell(tx, fresh.node.here, me, Kind.REFERRAL_ASKED, dedupe="x", by=him, object_id=status.id)
        tell(tx, fresh.node.here, me, Kind.PROPOSAL_EXPIRING, dedupe="y", object_id=status.id)

    await fresh.node.store.write(told)
    found = await amina.get("/api/v1/notifications")
    check(found, [NOTIFICATION])
    assert [one["type"] for one in found] == ["mention", "update"]
    letter, step = found
    assert letter["account"]["username"] == "quartier"
    assert letter["status"]["visibility"] == "direct"
    assert (step["account"]["username"], step["status"]["uri"]) == ("benoit", uri)


async def number(app: App) -> int:
    return int((await app.get("/api/v1/accounts/verify_credentials"))["id"])
