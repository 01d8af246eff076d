"""Web Push: an app is woken for what it asked for, and only it can read why."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.errors import Invalid
from node.store import pushes
from node.transport.guard import Guard
from node.transport.webpush import check_receiver
from tests.mastodon.push_service import PushService, claims_of, push_service, until
from tests.mastodon.shapes import PUSH, check
from tests.mastodon.signing_in import App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/api/v1/push/subscription"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[PushService]:
    async with push_service() as opened:
        yield opened


async def subscribed(
    app: App, service: PushService, name: str, *, standard: bool = True, **alerts: bool
) -> None:
    device = service.device(name)
    made = await app.post(
        PATH,
        subscription=device.subscription(standard=standard),
        data={"alerts": alerts or {"mention": True, "favourite": True}, "policy": "all"},
    )
    check(made, PUSH)


@pytest.mark.parametrize("standard", [True, False])
async def test_an_app_reads_what_it_is_woken_for(
    shared: Town, service: PushService, standard: bool
) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    name = f"amina-{standard}"
    await subscribed(amina, service, name, standard=standard)
    device = service.devices[name]
    await benoit.post("/api/v1/statuses", status="@amina <b>un mot</b> pour toi")
    await until(lambda: device.read)
    (told,) = device.read
    assert told["notification_type"] == "mention"
    assert told["title"] == "Benoit s’adresse à vous"
    assert told["body"] == "@amina <b>un mot</b> pour toi"
    (shown, *_) = await amina.get("/api/v1/notifications")
    assert str(told["notification_id"]) == shown["id"]
    headers = device.headers[0]
    assert int(headers["TTL"]) > 3600
    claims, key = claims_of(headers)
    assert claims["aud"] == service.base
    assert 0 < claims["exp"] - time.time() <= 86_400
    assert claims["sub"].startswith("mailto:")
    instance = await amina.get("/api/v2/instance")
    assert instance["configuration"]["vapid"]["public_key"].rstrip("=") == key.rstrip("=")
    assert (await amina.get(PATH))["server_key"].rstrip("=") == key.rstrip("=")
    assert (await amina.ask("DELETE", PATH)).body == {}


async def test_only_what_was_asked_for_is_pushed(shared: Town, service: PushService) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    await subscribed(amina, service, "few", favourite=True)
    device = service.devices["few"]
    status = await amina.post("/api/v1/statuses", status="Merci à tous")
    await benoit.post("/api/v1/statuses", status="@amina de rien")
    await benoit.post(f"/api/v1/statuses/{status['id']}/favourite")
    await until(lambda: device.read)
    assert [one["notification_type"] for one in device.read] == ["favourite"]

    form = {"data[alerts][mention]": "true", "policy": "followed"}
    changed = (await amina.ask("PUT", PATH, data=form)).body
    check(changed, PUSH)
    assert (changed["alerts"]["mention"], changed["alerts"]["favourite"]) == (True, False)
    assert changed["policy"] == "followed"
    await benoit.post("/api/v1/statuses", status="@amina encore")  # she does not follow him
    assert await shared.node.store.read(pushes.next_due) is None
    assert (await amina.ask("PUT", PATH, data={"policy": "cats"})).status == 422
    await amina.ask("DELETE", PATH)
    assert (await amina.ask("GET", PATH)).status == 404
    assert (await amina.ask("PUT", PATH, data=form)).status == 404


async def test_a_service_that_fails_is_asked_again_and_one_that_is_done_is_not(
    shared: Town, service: PushService
) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    await subscribed(amina, service, "later")
    device = service.devices["later"]
    service.answers[:] = [503, 429]
    await benoit.post("/api/v1/statuses", status="@amina tu es là ?")
    await until(lambda: device.read)
    assert service.answers == []
    service.answers[:] = [410]
    await benoit.post("/api/v1/statuses", status="@amina allô ?")
    await until(lambda: not service.answers)
    for _ in range(100):
        if (await amina.ask("GET", PATH)).status == 404:
            break
    assert (await amina.ask("GET", PATH)).status == 404
    assert len(device.read) == 1


async def test_a_push_of_a_revoked_token_is_never_sent(shared: Town, service: PushService) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    await subscribed(amina, service, "revoked")
    form = {"client_id": amina.client_id, "client_secret": amina.client_secret}
    await amina.ask("POST", "/oauth/revoke", data=form | {"token": str(amina.token)})
    await benoit.post("/api/v1/statuses", status="@amina personne")
    assert await shared.node.store.read(pushes.next_due) is None
    assert service.devices["revoked"].read == []


async def test_only_addresses_of_the_internet_are_taken(shared: Town, service: PushService) -> None:
    keys = service.device("keys").subscription(standard=True)["keys"]
    guard = Guard(insecure_loopback=False)
    check_receiver(guard, endpoint="https://push.example/x", **keys, standard=True)
    for wrong in (
        {"endpoint": "http://push.example/x"},
        {"endpoint": "ftp://push.example/x"},
        {"endpoint": ""},
        {"endpoint": "https://push.example/" + "x" * 3_000},
        {"p256dh": "AAAA"},
        {"p256dh": "é"},
        {"auth": "AAAA"},
    ):
        asked = {"endpoint": "https://push.example/x", **keys, **wrong}
        with pytest.raises(Invalid):
            check_receiver(guard, **asked, standard=True)
    app = await shared.app("benoit")
    body = {"subscription": {"endpoint": "https://push.example/x", "keys": {"auth": "?"}}}
    assert (await app.ask("POST", PATH, json=body)).status == 422
