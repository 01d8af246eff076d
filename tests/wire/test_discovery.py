"""WebFinger, host-meta and NodeInfo."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from node.activitypub.addresses import Addresses
from node.activitypub.discovery import (
    NodeFacts,
    host_meta_json,
    host_meta_xml,
    nodeinfo,
    nodeinfo_index,
    nodeinfo_type,
    parse_resource,
    webfinger_document,
)
from node.activitypub.negotiation import ACTIVITY_JSON

HERE = Addresses("https://croix-rousse.example", "croix-rousse.example")
LOCAL = Addresses("http://127.0.0.1:3001", "127.0.0.1:3001")
APART = Addresses("https://node.lyon.example", "lyon.example")
ACCENTED = Addresses("https://xn--presqule-q2a.example", "xn--presqule-q2a.example")


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("acct:amina@croix-rousse.example", "amina"),
        ("ACCT:Amina@Croix-Rousse.EXAMPLE", "amina"),
        ("acct:@amina@croix-rousse.example", "amina"),
        ("amina@croix-rousse.example", "amina"),
        ("@amina@croix-rousse.example", "amina"),
        ("acct%3Aamina%40croix-rousse.example", "amina"),
        ("acct:amin%61@croix-rousse.example", "amina"),
        ("acct:amina@croix-rousse.example:443", "amina"),
        ("acct:quartier@croix-rousse.example", "quartier"),
        ("acct:urgent@croix-rousse.example", "urgent"),
        ("acct:croix-rousse.example@croix-rousse.example", "croix-rousse.example"),
        ("https://croix-rousse.example", "croix-rousse.example"),
        ("https://croix-rousse.example/", "croix-rousse.example"),
        ("https://croix-rousse.example/actor", "croix-rousse.example"),
        ("https://croix-rousse.example/quartier", "quartier"),
        ("https://croix-rousse.example/users/amina", "amina"),
        ("https://Croix-Rousse.example:443/users/Amina/", "amina"),
        ("https://croix-rousse.example/@amina", "amina"),
        ("https://croix-rousse.example/@quartier", "quartier"),
    ],
)
def test_resources_that_are_ours(resource: str, name: str) -> None:
    """Addresses and IRIs of an actor, in the spellings that servers send, mean its name."""
    assert parse_resource(resource, HERE) == name


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "acct:",
        "amina",
        "acct:amina",
        "acct:amina@",
        "acct:@croix-rousse.example",
        "acct:amina@other.example",
        "acct:amina@croix-rousse.example.evil",
        "acct:amina@sub.croix-rousse.example",
        "acct:amina@croix-rousse.example:8443",
        "acct:amina@croix-rousse.example:x",
        "acct:amina@croix-rousse.example/path",
        "acct:amina@x@croix-rousse.example",
        "acct:a b@croix-rousse.example",
        "acct:amina\n@croix-rousse.example",
        "acct:amina%0a@croix-rousse.example",
        "acct:../actor@croix-rousse.example",
        "https://other.example/users/amina",
        "https://amina@croix-rousse.example/users/amina",
        "https://croix-rousse.example:8443/users/amina",
        "http://croix-rousse.example:443/",
        "https://croix-rousse.example/users/amina/inbox",
        "https://croix-rousse.example/users/amina#main-key",
        "https://croix-rousse.example/users/amina?x",
        "https://croix-rousse.example/objects/12",
        "https://[/users/amina",
        "https://",
        "mailto:amina@croix-rousse.example",
        "did:key:z6Mk",
        "acct:" + "x" * 5000 + "@croix-rousse.example",
    ],
)
def test_resources_that_are_not(resource: str) -> None:
    """Another's, no actor's, or nonsense: not found."""
    assert parse_resource(resource, HERE) is None


def test_a_port_may_be_said_or_left_out() -> None:
    """A node with a port in its domain is found with it and without it, not with another."""
    assert parse_resource("acct:amina@127.0.0.1:3001", LOCAL) == "amina"
    assert parse_resource("acct:amina@127.0.0.1", LOCAL) == "amina"
    assert parse_resource("acct:amina@127.0.0.1:3002", LOCAL) is None
    assert parse_resource("acct:127.0.0.1:3001@127.0.0.1:3001", LOCAL) == "127.0.0.1"
    assert parse_resource("acct:127.0.0.1@127.0.0.1:3001", LOCAL) == "127.0.0.1"
    assert parse_resource("http://127.0.0.1:3001/users/amina", LOCAL) == "amina"


def test_addresses_and_pages_may_live_on_two_domains() -> None:
    """Both domains are answered for, and `subject` says which one is meant."""
    assert parse_resource("acct:amina@lyon.example", APART) == "amina"
    assert parse_resource("acct:amina@node.lyon.example", APART) == "amina"
    assert parse_resource("https://node.lyon.example/users/amina", APART) == "amina"
    assert parse_resource("https://lyon.example/users/amina", APART) is None
    document = webfinger_document(
        APART, username="amina", uri=APART.user("amina"), page=APART.profile("amina")
    )
    assert document["subject"] == "acct:amina@lyon.example"


def test_a_domain_in_letters_is_its_punycode() -> None:
    """People type accents; both spellings are one domain."""
    assert parse_resource("acct:amina@presqu’île.example", ACCENTED) is None
    assert parse_resource("acct:amina@presquîle.example", ACCENTED) == "amina"


def test_a_webfinger_answer() -> None:
    """It names the address, the actor and its page, and how to follow from here."""
    document = webfinger_document(
        HERE,
        username="amina",
        uri=HERE.user("amina"),
        page=HERE.profile("amina"),
        subscribe="https://croix-rousse.example/authorize_interaction?uri={uri}",
    )
    assert document["subject"] == "acct:amina@croix-rousse.example"
    assert document["aliases"] == [HERE.user("amina"), HERE.profile("amina")]
    assert document["links"][0] == {
        "rel": "self",
        "type": ACTIVITY_JSON,
        "href": HERE.user("amina"),
    }
    assert document["links"][-1]["template"].endswith("?uri={uri}")


def test_only_the_relations_asked_for() -> None:
    """`rel` narrows the links (RFC 7033 §4.3); one that we do not have leaves none."""
    given = {"username": "amina", "uri": HERE.user("amina"), "page": HERE.profile("amina")}
    narrowed = webfinger_document(HERE, **given, rels=["self"])
    assert {link["rel"] for link in narrowed["links"]} == {"self"}
    assert webfinger_document(HERE, **given, rels=["x"])["links"] == []


def test_the_node_itself_is_found() -> None:
    """FEP-d556: the server's own actor is linked as a Service, under the domain's own address."""
    document = webfinger_document(
        HERE, username=HERE.node_username, uri=HERE.actor, page=HERE.base_url + "/"
    )
    assert document["subject"] == "acct:croix-rousse.example@croix-rousse.example"
    services = [link for link in document["links"] if link["rel"].endswith("#Service")]
    assert [link["href"] for link in services] == [HERE.actor]


def test_host_meta_in_both_forms() -> None:
    """XML and JSON name the same WebFinger template (RFC 6415)."""
    root = ElementTree.fromstring(host_meta_xml(HERE))
    link = root[0]
    assert link.tag == "{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link"
    assert host_meta_json(HERE) == {"links": [dict(link.attrib)]}
    assert link.attrib["template"].endswith("/.well-known/webfinger?resource={uri}")


FACTS = NodeFacts(
    version="0.1.0",
    name="Croix-Rousse",
    quartier=HERE.quartier,
    territory=("891ea6d6533ffff",),
    languages=("fr", "en"),
    topics=("care.groceries",),
    users=12,
    active_month=7,
    active_half_year=9,
    local_posts=40,
    repository="https://example.org/entraide.git",
    homepage="https://example.org/",
)


def test_nodeinfo_index() -> None:
    """Both versions are linked, and the node's own actor (FEP-2677)."""
    links = {link["rel"]: link["href"] for link in nodeinfo_index(HERE)["links"]}
    assert links == {
        "http://nodeinfo.diaspora.software/ns/schema/2.0": HERE.base_url + "/nodeinfo/2.0",
        "http://nodeinfo.diaspora.software/ns/schema/2.1": HERE.base_url + "/nodeinfo/2.1",
        "https://www.w3.org/ns/activitystreams#Application": HERE.actor,
    }


def test_nodeinfo_2_1() -> None:
    """What the schema requires, the counts, and what a neighbour wants to know."""
    document = nodeinfo("2.1", FACTS)
    assert document["version"] == "2.1"
    assert document["software"] == {
        "name": "entraide",
        "version": "0.1.0",
        "repository": "https://example.org/entraide.git",
        "homepage": "https://example.org/",
    }
    assert document["protocols"] == ["activitypub"]
    assert document["services"] == {"inbound": [], "outbound": []}
    assert document["openRegistrations"] is False
    assert document["usage"] == {
        "users": {"total": 12, "activeMonth": 7, "activeHalfyear": 9},
        "localPosts": 40,
    }
    assert document["metadata"]["upstream"] == {"name": "mastodon", "version": "4.5.0"}
    assert document["metadata"]["quartier"] == HERE.quartier
    assert document["metadata"]["territory"] == ["891ea6d6533ffff"]
    json.dumps(document)
    assert "2.1#" in nodeinfo_type("2.1")


def test_nodeinfo_2_0_and_hidden_counts() -> None:
    """The older version has no repository and no homepage; counts can be kept back (FEP-0151)."""
    document = nodeinfo("2.0", FACTS)
    assert document["software"] == {"name": "entraide", "version": "0.1.0"}
    hidden = nodeinfo("2.0", NodeFacts(version="0.1.0", name="x", quartier=HERE.quartier))
    assert hidden["usage"] == {"users": {}}
