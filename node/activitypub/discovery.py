"""How others find us: WebFinger (RFC 7033), host-meta (RFC 6415) and NodeInfo documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import SplitResult, unquote, urlsplit
from xml.sax.saxutils import quoteattr

import idna

from node.activitypub.addresses import ActorRef, Addresses, ProfileRef
from node.activitypub.negotiation import ACTIVITY_JSON, LD_JSON
from node.activitypub.vocabulary import AS2

Document = dict[str, Any]
NodeInfoVersion = Literal["2.0", "2.1"]

JRD_TYPE: Final = "application/jrd+json"
XRD_TYPE: Final = "application/xrd+xml"
SOFTWARE: Final = "entraide"
UPSTREAM: Final = {"name": "mastodon", "version": "4.5.0"}
"""Whose client API it is: clients look here before they look at the software's name."""

_RESOURCE_MAX: Final = 2048
_NODEINFO: Final = "http://nodeinfo.diaspora.software/ns/schema/"
_SUBSCRIBE: Final = "http://ostatus.org/schema/1.0/subscribe"
_PORTS: Final = {"https": 443, "http": 80}


# ── WebFinger ────────────────────────────────────────────────────────────────────────────────


def parse_resource(text: str, addresses: Addresses) -> str | None:
    """The name of the local actor that a WebFinger ``resource`` means, in lower case.

    None for what is not ours. Understood are ``acct:name@domain``, the same without ``acct:`` or
    with a leading @, the actor's IRI and the address of its page (FEP-4adb), and, for the node
    itself, ``acct:domain@domain`` and the root of the site (FEP-d556). Whether somebody has that
    name is another question.
    """
    if len(text) > _RESOURCE_MAX:
        return None
    resource = unquote(text.strip())
    if not resource.isprintable():
        return None
    if resource.lower().startswith(("https://", "http://")):
        return _from_url(resource, addresses)
    if resource[:5].lower() == "acct:":
        resource = resource[5:]
    name, mark, domain = resource.removeprefix("@").rpartition("@")
    if not mark or not _is_our_domain(domain, addresses):
        return None
    if _same_host(name, domain, addresses):
        return addresses.node_username
    return name.lower() if addresses.is_username(name) else None


def _from_url(resource: str, addresses: Addresses) -> str | None:
    parts, base = _split(resource), _split(addresses.base_url)
    if parts is None or base is None or parts.query or parts.fragment:
        return None
    if parts.username is not None or _authority(parts) != _authority(base):
        return None
    path = parts.path.rstrip("/")
    if not path:
        return addresses.node_username
    match addresses.parse(addresses.base_url + path):
        case ActorRef(username) | ProfileRef(username):
            return username.lower()
        case _:
            return None


def _is_our_domain(text: str, addresses: Addresses) -> bool:
    """The domain of addresses, or the host that pages and ids lie on; the port may be left out,
    since the question came to us."""
    asked = _split(f"https://{text}")
    if asked is None or asked.path or asked.query or asked.fragment or asked.username is not None:
        return False
    for ours in (f"https://{addresses.domain}", addresses.base_url):
        own = _split(ours)
        if own is None or _host(asked) != _host(own):
            continue
        if asked.port in (None, own.port or _PORTS.get(own.scheme)):
            return True
    return False


def _same_host(name: str, domain: str, addresses: Addresses) -> bool:
    lowered = name.lower()
    return lowered in (domain.lower(), addresses.domain.lower(), addresses.node_username)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError when it is none
    except ValueError:
        return None
    return parts if parts.hostname else None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host


def _authority(parts: SplitResult) -> tuple[str, str, int | None]:
    return parts.scheme, _host(parts), parts.port or _PORTS.get(parts.scheme)


def webfinger_document(
    addresses: Addresses,
    *,
    username: str,
    uri: str,
    page: str,
    icon: str | None = None,
    subscribe: str | None = None,
    rels: Collection[str] = (),
) -> Document:
    """The JRD of an actor. ``subject`` is the canonical address, whatever was asked.

    ``uri`` is the actor's IRI and ``page`` its HTML. ``subscribe`` is a template with ``{uri}``
    at which a person of ours follows somebody from elsewhere. ``rels`` are the relations that
    were asked for (RFC 7033 §4.3); none means all.
    """
    links: list[dict[str, str]] = [
        {"rel": "self", "type": ACTIVITY_JSON, "href": uri},
        {"rel": "self", "type": LD_JSON, "href": uri},
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
    ]
    if uri == addresses.actor:
        links.append({"rel": f"{AS2}#Service", "type": ACTIVITY_JSON, "href": uri})
    if icon is not None:
        links.append({"rel": "http://webfinger.net/rel/avatar", "href": icon})
    if subscribe is not None:
        links.append({"rel": _SUBSCRIBE, "template": subscribe})
    return {
        "subject": f"acct:{addresses.handle(username)}",
        "aliases": list(dict.fromkeys((uri, page))),
        "links": [link for link in links if not rels or link["rel"] in rels],
    }


# ── host-meta ────────────────────────────────────────────────────────────────────────────────


def host_meta_xml(addresses: Addresses) -> str:
    template = quoteattr(_lrdd(addresses))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="{JRD_TYPE}" template={template}/>\n'
        "</XRD>\n"
    )


def host_meta_json(addresses: Addresses) -> Document:
    return {"links": [{"rel": "lrdd", "type": JRD_TYPE, "template": _lrdd(addresses)}]}


def _lrdd(addresses: Addresses) -> str:
    return f"{addresses.base_url}/.well-known/webfinger?resource={{uri}}"


# ── NodeInfo ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts:
    """What a node tells of itself to everybody. Counts that are None are not told (FEP-0151)."""

    version: str
    name: str
    """Of the quartier, as people say it."""
    quartier: str
    """IRI of the quartier Group."""
    description: str = ""
    territory: Sequence[str] = ()
    """Compacted H3 cells."""
    languages: Sequence[str] = ()
    topics: Sequence[str] = ()
    """Slugs of the topics that the node takes."""
    staff: Sequence[str] = ()
    """IRIs of actors."""
    open_registrations: bool = False
    users: int | None = None
    active_month: int | None = None
    active_half_year: int | None = None
    local_posts: int | None = None
    repository: str | None = None
    homepage: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def nodeinfo_index(addresses: Addresses) -> Document:
    """``/.well-known/nodeinfo``; it names the node's own actor, too (FEP-2677)."""
    return {
        "links": [
            *(
                {"rel": _NODEINFO + version, "href": f"{addresses.base_url}/nodeinfo/{version}"}
                for version in ("2.0", "2.1")
            ),
            {"rel": f"{AS2}#Application", "href": addresses.actor},
        ]
    }


def nodeinfo_type(version: NodeInfoVersion) -> str:
    """The ``Content-Type`` of a NodeInfo document."""
    return f'application/json; profile="{_NODEINFO}{version}#"; charset=utf-8'


def nodeinfo(version: NodeInfoVersion, facts: NodeFacts) -> Document:
    """FEP-f1d5 and FEP-0151. 2.0 knows neither repository nor homepage of the software."""
    software = {"name": SOFTWARE, "version": facts.version}
    if version == "2.1":
        software |= _told(repository=facts.repository, homepage=facts.homepage)
    users = _told(
        total=facts.users,
        activeMonth=facts.active_month,
        activeHalfyear=facts.active_half_year,
    )
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": facts.open_registrations,
        "usage": {"users": users, **_told(localPosts=facts.local_posts)},
        "metadata": {
            "nodeName": facts.name,
            "nodeDescription": facts.description,
            "staffAccounts": list(facts.staff),
            "federation": {"enabled": True},
            "quartier": facts.quartier,
            "territory": list(facts.territory),
            "languages": list(facts.languages),
            "topics": list(facts.topics),
            "upstream": dict(UPSTREAM),
            **facts.extra,
        },
    }


def _told(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
