"""Attacks on who says it: the signature under a request, and the key that made it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Callable

import orjson
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.flows.attacking import AS2, Raw, Scene, scene
from tests.peers.documents import Document
from tests.peers.keys import PeerKeys
from tests.peers.verifying import Scheme

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMES: tuple[Scheme, ...] = ("cavage", "rfc9421-rsa", "rfc9421-ed25519")
HOUR = 3600.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("signatures")) as made:
        yield made


def follow(s: Scene) -> bytes:
    return orjson.dumps(s.follow(s.zoe))


# ── the request is not as it was signed ──────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_the_key_of_another(s: Scene, scheme: Scheme) -> None:
    """Whoever signs in Zoe's name with a key of his own is refused."""
    async with s.unchanged():
        answer = await s.post(s.zoe, s.follow(s.zoe), scheme=scheme, keys=s.mallory.keys)
        await s.refused(answer, 401)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_another_body(s: Scene, scheme: Scheme) -> None:
    """A body that was exchanged on the way is refused."""
    headers = s.headers(s.zoe, follow(s), scheme=scheme)
    async with s.unchanged():
        await s.refused(await s.send(follow(s), headers), 401)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_another_inbox(s: Scene, scheme: Scheme) -> None:
    """What Zoe sent to one inbox cannot be sent to another."""
    body = follow(s)
    headers = s.headers(s.zoe, body, scheme=scheme)
    async with s.unchanged():
        await s.refused(await s.send(body, headers, path="/inbox"), 401)
        await s.refused(await s.send(body, headers, path="/users/amina/inbox?x=1"), 401)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_another_method(s: Scene, scheme: Scheme) -> None:
    """A signature for a GET is none for a POST."""
    body = follow(s)
    async with s.unchanged():
        answer = await s.send(body, s.headers(s.zoe, body, scheme=scheme, method="GET"))
        await s.refused(answer, 401)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ago", [2 * HOUR, -HOUR])
async def test_another_time(s: Scene, scheme: Scheme, ago: float) -> None:
    """A request of two hours ago is refused, and one of the next hour."""
    async with s.unchanged():
        answer = await s.post(s.zoe, s.follow(s.zoe), scheme=scheme, now=time.time() - ago)
        await s.refused(answer, 401)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_another_host(s: Scene, scheme: Scheme) -> None:
    """A request that Zoe signed for another server cannot be handed on to this one."""
    body = follow(s)
    headers = s.headers(s.zoe, body, scheme=scheme, url="http://other.example/users/amina/inbox")
    async with s.unchanged():
        await s.refused(await s.send(body, headers), 401)
        await s.refused(await s.send(body, headers | {"Host": s.node.domain}), 401)


async def test_a_replay(s: Scene) -> None:
    """The same request again is answered 202 and changes nothing."""
    body = follow(s)
    headers = s.headers(s.zoe, body)
    assert (await s.send(body, headers)).status == 202
    async with s.unchanged():
        for _ in range(3):
            assert (await s.send(body, headers)).status == 202


# ── headers that two readers read in two ways ────────────────────────────────────────────────


async def test_names_in_any_case(s: Scene) -> None:
    """Names of headers are in whatever case a front makes them: that alone breaks nothing."""
    body = follow(s)
    headers = [(name.swapcase(), value) for name, value in s.headers(s.zoe, body).items()]
    assert (await s.send(body, headers)).status == 202


@pytest.mark.parametrize("name", ["Digest", "Date", "Host", "Signature"])
async def test_a_header_twice(s: Scene, name: str) -> None:
    """A signed header that stands twice, even with one value, is refused."""
    body = follow(s)
    headers = list(s.headers(s.zoe, body).items())
    twice = next(one for one in headers if one[0] == name)
    async with s.unchanged():
        await s.refused(await s.send(body, [*headers, twice]), 400, 401)
        await s.refused(await s.send(body, [(name, "other"), *headers]), 400, 401)


async def test_two_signatures(s: Scene) -> None:
    """A good signature beside another, in whichever header, is refused: which one would count?"""
    body = follow(s)
    headers = s.headers(s.zoe, body)
    new = s.headers(s.zoe, body, scheme="rfc9421-rsa")
    bad = headers["Signature"].replace("zoe", "yan")
    two = new | {
        "Signature-Input": f"{new['Signature-Input']}, b={new['Signature-Input'][4:]}",
        "Signature": f"{new['Signature']}, b={new['Signature'][4:]}",
    }
    async with s.unchanged():
        for more in ({"Authorization": f"Signature {bad}"}, {"Signature-Input": "x=()"}):
            await s.refused(await s.send(body, headers | more), 400, 401)
        await s.refused(await s.send(body, two), 400, 401)


DIGESTS: list[Callable[[str], str]] = [
    lambda right: f"SHA-256={'A' * 43}=,{right}",
    lambda right: f"{right},SHA-256={'A' * 43}=",
    lambda right: f"SHA-512={'A' * 86}==,{right}",
    lambda right: "MD5=1B2M2Y8AsgTpgAmY7PhCfg==",
    lambda right: "SHA-256=",
    lambda right: right.removeprefix("SHA-256="),
    lambda right: right.replace("=", "", 1),
    lambda right: "",
]


@pytest.mark.parametrize("digest", DIGESTS)
async def test_digests_that_contradict_themselves(s: Scene, digest: Callable[[str], str]) -> None:
    """A Digest of several algorithms must hold in each that is known; one without any does not."""
    body = follow(s)
    headers = s.headers(s.zoe, body)
    value = digest(headers["Digest"])
    async with s.unchanged():
        await s.refused(await s.send(body, resigned(s, headers, Digest=value)), 400, 401)


@pytest.mark.parametrize(
    "covered",
    [
        "",
        "date",
        "(request-target) host digest",
        "(request-target) date digest",
        "host date digest",
        "(request-target) host date",
        "(request-target) host date digest x-missing",
        "(request-target) host date digest digest",
    ],
)
async def test_too_little_signed(s: Scene, covered: str) -> None:
    """Method and target, host, time and digest must all be under the signature."""
    body = follow(s)
    headers = resigned(s, s.headers(s.zoe, body), covered=covered)
    async with s.unchanged():
        await s.refused(await s.send(body, headers), 400, 401)


def resigned(
    s: Scene, headers: dict[str, str], *, covered: str | None = None, **changed: str
) -> dict[str, str]:
    """Zoe's own draft-cavage signature over other headers, or over fewer."""
    headers = headers | changed
    names = "(request-target) host date digest" if covered is None else covered
    values = {name.lower(): value for name, value in headers.items()}
    values["(request-target)"] = "post /users/amina/inbox"
    base = "\n".join(f"{name}: {values.get(name, '')}" for name in names.split())
    made = base64.b64encode(s.zoe.keys.rsa.sign(base.encode(), PKCS1v15(), SHA256())).decode()
    return headers | {
        "Signature": f'keyId="{s.zoe.rsa_key_id}",algorithm="rsa-sha256",'
        f'headers="{names}",signature="{made}"'
    }


async def test_an_algorithm_that_takes_the_public_key_for_a_secret(s: Scene) -> None:
    """HMAC with Zoe's public key, which everybody has, proves nothing."""
    body = follow(s)
    headers = s.headers(s.zoe, body)
    base = (
        f"(request-target): post /users/amina/inbox\nhost: {headers['Host']}\n"
        f"date: {headers['Date']}\ndigest: {headers['Digest']}"
    )
    mac = base64.b64encode(
        hmac.digest(s.zoe.keys.pem.encode(), base.encode(), hashlib.sha256)
    ).decode()
    async with s.unchanged():
        for name in ("hmac-sha256", "hs2019", "rsa-sha256", "none", "rsa-sha1"):
            forged = re.sub(r'algorithm="[^"]*"', f'algorithm="{name}"', headers["Signature"])
            forged = re.sub(r'signature="[^"]*"', f'signature="{mac}"', forged)
            await s.refused(await s.send(body, headers | {"Signature": forged}), 400, 401)


async def test_a_key_of_the_other_kind(s: Scene) -> None:
    """An Ed25519 signature that names Zoe's RSA key is refused, and the other way round."""
    body = follow(s)
    async with s.unchanged():
        for scheme, other in (("rfc9421-ed25519", "main-key"), ("rfc9421-rsa", "ed25519-key")):
            headers = s.headers(s.zoe, body, scheme=scheme)  # type: ignore[arg-type]
            forged = re.sub(r"#[a-z0-9-]+", f"#{other}", headers["Signature-Input"])
            answer = await s.send(body, headers | {"Signature-Input": forged})
            await s.refused(answer, 400, 401)


async def test_no_signature(s: Scene) -> None:
    """Who does not sign is refused."""
    body = follow(s)
    headers = {"Host": s.node.domain, "Content-Type": "application/activity+json"}
    async with s.unchanged():
        await s.refused(await s.send(body, headers), 401)


# ── keys that are not the actor's ────────────────────────────────────────────────────────────


async def test_a_key_that_names_another_as_its_owner(s: Scene) -> None:
    """A key that stands at Mallory's and says that it is Zoe's is nobody's."""
    s.evil.serves["/keys/1"] = {
        "@context": [AS2, "https://w3id.org/security/v1"],
        "id": f"{s.evil.base}/keys/1",
        "owner": s.zoe.id,
        "publicKeyPem": s.mallory.keys.pem,
    }
    async with s.unchanged():
        await s.refused(await named(s, f"{s.evil.base}/keys/1"), 401)


async def test_an_actor_that_says_it_is_another(s: Scene) -> None:
    """A document at Mallory's with Zoe's id is not Zoe's."""
    s.evil.serves["/users/zoe"] = actor_with_key(s, s.zoe.id, f"{s.zoe.id}#main-key")
    async with s.unchanged():
        await s.refused(await named(s, f"{s.evil.base}/users/zoe#main-key"), 401)


async def test_a_key_at_home_for_an_actor_elsewhere(s: Scene) -> None:
    """Mallory's actor lists a key under Zoe's address: it stays unknown, and Zoe's stays Zoe's."""
    s.evil.serves["/users/thief"] = actor_with_key(
        s, f"{s.evil.base}/users/thief", s.zoe.rsa_key_id
    )
    async with s.unchanged():
        await s.refused(await named(s, f"{s.evil.base}/users/thief#main-key"), 401)
        await s.refused(await named(s, s.zoe.rsa_key_id), 401)
    assert (await s.post(s.zoe, s.follow(s.zoe))).status == 202


async def test_a_neighbours_key_at_the_same_server(s: Scene) -> None:
    """Mallory's actor lists Yan's key id as its own: Yan's key stays Yan's."""
    assert (await s.post(s.yan, s.follow(s.yan))).status == 202
    s.evil.serves["/users/squatter"] = actor_with_key(
        s, f"{s.evil.base}/users/squatter", s.yan.rsa_key_id
    )
    async with s.unchanged():
        await s.refused(await named(s, f"{s.evil.base}/users/squatter#main-key"), 401)
        body = orjson.dumps(s.follow(s.yan))
        await s.refused(await s.send(body, s.headers(s.yan, body, keys=s.mallory.keys)), 401)
    assert (await s.post(s.yan, s.follow(s.yan))).status == 202


async def test_another_person_of_the_same_server(s: Scene) -> None:
    """Mallory's key, on Yan's server, does not speak for Yan."""
    async with s.unchanged():
        await s.refused(await s.post(s.mallory, s.follow(s.yan)), 403)


async def test_somebody_of_ours_from_outside(s: Scene) -> None:
    """A request in Amina's own name, or in the node's, never comes from outside."""
    async with s.unchanged():
        for key_id in (f"{s.amina.uri}#main-key", f"{s.node.base}/actor#main-key"):
            await s.refused(await named(s, key_id), 401, 403)
        activity = s.follow(s.mallory, actor=s.amina.uri, object=s.node.here.quartier.uri)
        await s.refused(await s.post(s.mallory, activity | {"id": f"{s.amina.uri}#f"}), 403)


@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "main-key",
        "acct:zoe@example.org",
        "javascript:alert(1)",
        "file:///etc/passwd#k",
        "http://user:word@127.0.0.1/x#k",
        "http://10.0.0.1/latest/meta-data#k",
        "http://[::ffff:7f00:1]/x#k",
        "http://2130706433/x#k",
        "http://0x7f.1/x#k",
        "http://\u0431\u0435\u0441.example/x#k",
        f"http://127.0.0.1/{'x' * 3000}#k",
        "http://127.0.0.1:99999/x#k",
        "http://127.0.0.1:1\\@evil.example/#k",
    ],
)
async def test_key_ids_that_lead_nowhere(s: Scene, key_id: str) -> None:
    """Whatever a key id is, the answer is a refusal that does not tell where we could not go."""
    async with s.unchanged():
        answer = await named(s, key_id)
        await s.refused(answer, 400, 401)
        for word in (b"refused", b"closed to us", b"reached", b"in time", b"Errno"):
            assert word not in answer.body


async def test_an_old_key_after_a_new_one(s: Scene) -> None:
    """When Rosa has a new key under the same name, it is asked for; the old one counts no more."""
    rosa = s.honest.add_user("rosa")
    old = rosa.keys
    assert (await s.post(rosa, s.follow(rosa))).status == 202
    rosa.keys = PeerKeys.generate()
    assert (await s.post(rosa, s.follow(rosa))).status == 202
    async with s.unchanged():
        await s.refused(await s.post(rosa, s.follow(rosa), keys=old), 401)


async def test_a_forger_makes_us_ask_once(s: Scene) -> None:
    """A hundred forged requests in Yan's name cost Yan's server two questions at most, whatever
    fragments the forger makes up."""
    assert (await s.post(s.yan, s.follow(s.yan))).status == 202
    before = len(s.evil.reading_log)
    async with s.unchanged():
        for number in range(50):
            await s.refused(await s.post(s.yan, s.follow(s.yan), keys=s.zoe.keys), 401)
            await s.refused(await named(s, f"{s.yan.id}#made-up-{number}"), 401)
    assert len(s.evil.reading_log) - before <= 2
    assert (await s.post(s.yan, s.follow(s.yan))).status == 202


async def named(s: Scene, key_id: str) -> Raw:
    """A request in Zoe's name, signed by Mallory, with a key id of his choice."""
    body = follow(s)
    headers = s.headers(s.mallory, body)
    headers["Signature"] = re.sub(
        r'keyId="[^"]*"', lambda _: f'keyId="{key_id}"', headers["Signature"]
    )
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST /users/amina/inbox HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    return await s.raw(head.encode() + body)


def actor_with_key(s: Scene, id: str, key_id: str) -> Document:
    """An actor document of Mallory's making, with Mallory's key under some id."""
    return {
        "@context": [AS2, "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": "thief",
        "inbox": f"{id}/inbox",
        "publicKey": {"id": key_id, "owner": id, "publicKeyPem": s.mallory.keys.pem},
    }
