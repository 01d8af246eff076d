"""One's own account: what one was told, one's words, leaving. Over the JSON interface."""

from __future__ import annotations

from pathlib import Path

from node.actions.notices import tell
from node.social.accounts import Actor
from node.social.notifications import Kind
from tests.flows.members import API, Quartier, quartier
from tests.serving import PASSWORD


async def test_reading_what_one_was_told(tmp_path: Path) -> None:
    """Pages by id, how many are unread, one read, all read up to what was seen; nobody reads or
    marks another's."""
    async with quartier(tmp_path) as here:
        amina = await here.node.account("amina")
        bruno = await here.node.account("bruno")
        for number in range(5):
            await told(here, amina, str(number), bruno)
        await told(here, amina, "4", bruno)
        assert (await here.call("GET", "/notifications/unread", "amina"))[1] == {"count": 5}
        _, first = await here.call("GET", "/notifications", "amina", limit=2)
        _, rest = await here.call("GET", "/notifications", "amina", max_id=first[-1]["id"])
        found = [one["data"]["number"] for one in first + rest]
        assert found == ["4", "3", "2", "1", "0"]
        one = first[0]["id"]
        assert (await here.call("POST", f"/notifications/{one}/read", "bruno"))[0] == 404
        assert (await here.call("POST", f"/notifications/{one}/read", "amina"))[0] == 204
        upto = rest[1]["id"]
        assert (await here.call("POST", "/notifications/read", "amina", max_id=upto))[0] == 204
        _, left = await here.call("GET", "/notifications", "amina", unread="true")
        assert [one["data"]["number"] for one in left] == ["3", "2"]
        assert (await here.call("GET", "/notifications", "bruno"))[1] == []


async def told(here: Quartier, person: Actor, number: str, by: Actor) -> None:
    await here.node.store.write(
        tell,
        here.node.here,
        person,
        Kind.COMMENT,
        dedupe=number,
        by=by,
        data={"number": number},
    )


async def test_ones_own_account(tmp_path: Path) -> None:
    """Words, language, contact and wishes are changed one by one; a password change ends every
    token; what does not fit is said."""
    async with quartier(tmp_path) as here:
        await here.node.account("amina")
        status, me = await here.call(
            "PATCH", "/me", "amina", name="Amina B.", summary="Bonjour.\n\nJe couds.",
            contact="06 12 34 56 78", notify={"comment": "never"},
        )  # fmt: skip
        assert status == 200
        assert me["account"]["name"] == "Amina B."
        assert me["summary"] == "Bonjour.\n\nJe couds."
        _, me = await here.call("PATCH", "/me", "amina", locale="en")
        assert (me["locale"], me["contact"]) == ("en", "06 12 34 56 78")
        assert me["notify"] == {"comment": "never"}
        assert (await here.call("PATCH", "/me", "amina", notify={"comment": "pigeon"}))[0] == 422
        assert (await here.call("PATCH", "/me", "amina", locale="tlh"))[0] == 422
        old = await here.token("amina")
        wrong = {"current": "faux", "new": "une autre phrase"}
        assert (await here.call("PUT", "/me/password", "amina", **wrong))[0] == 403
        right = {**wrong, "current": PASSWORD}
        assert (await here.call("PUT", "/me/password", "amina", **right))[0] == 204
        headers = {"Authorization": f"Bearer {old}"}
        async with here.web.get(f"{here.node.base}{API}/me", headers=headers) as answer:
            assert answer.status == 401
        async with here.web.get(
            f"{here.node.base}/users/amina", headers={"Accept": "application/activity+json"}
        ) as answer:
            document = await answer.json(content_type=None)
        assert document["name"] == "Amina B."
        assert "06 12" not in str(document)


async def test_leaving(tmp_path: Path) -> None:
    """By one's password alone; then every door is shut, the address answers 410, and the data
    that one took along before is whole."""
    async with quartier(tmp_path) as here:
        amina = await here.node.account("amina")
        await here.node.publish(amina, title="Courses")
        token = {"Authorization": f"Bearer {await here.token('amina')}"}
        url = f"{here.node.base}{API}/me"
        async with here.web.get(f"{url}/export", headers=token) as answer:
            assert "attachment" in answer.headers["Content-Disposition"]
            data = await answer.json()
        assert [one["title"] for one in data["proposals"]] == ["Courses"]
        for word, status in (("faux", 403), (PASSWORD, 204)):
            async with here.web.delete(url, headers=token, json={"password": word}) as answer:
                assert answer.status == status
        async with here.web.get(url, headers=token) as answer:
            assert answer.status == 401
        async with here.web.get(
            amina.uri, headers={"Accept": "application/activity+json"}
        ) as answer:
            assert answer.status == 410
        again = {"username": "amina", "email": "new@example.org", "password": PASSWORD}
        assert (await here.call("POST", "/join_requests", **again))[0] == 409
