"""Finding the quartier at an address that a person types: WebFinger, as RFC 7033 has it."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote, urlsplit

from node.activitypub import strict_json
from node.activitypub.intents import Whereabouts, interaction
from node.activitypub.negotiation import content_type_is_activity
from node.activitypub.readers import each, iri, origin
from node.activitypub.rejected import Rejected
from node.config import Settings
from node.errors import FetchFailed, FetchGone, FetchRefused, Invalid
from node.transport.http import Transport

QUARTIER: Final = "quartier"
REDIRECTS: Final = 3
_HANDLE: Final = re.compile(r"@?([A-Za-z0-9_][A-Za-z0-9_.\-]{0,62})@([^@/\s]{1,255})")


class Discovery:
    def __init__(self, transport: Transport, settings: Settings) -> None:
        self._transport = transport
        self._limits = settings.limits
        self._scheme = "http" if settings.federation.insecure_loopback else "https"

    async def quartier(self, address: str) -> str:
        """The IRI of the Group meant by ``https://host``, ``host``, ``@quartier@host``, or its own
        IRI; raises Invalid for what is no address, FetchError for what does not answer."""
        text = address.strip()
        handle = _HANDLE.fullmatch(text)
        if handle is not None:
            return await self.webfinger(handle.group(1), handle.group(2))
        if "://" not in text:
            text = f"{self._scheme}://{text}"
        where = origin(text)
        if where is None:
            raise Invalid(f"{address[:200]} is not an address: write https://quartier.example")
        if urlsplit(text).path.strip("/"):
            return text
        return await self.webfinger(QUARTIER, where.split("://", 1)[1])

    async def webfinger(self, name: str, domain: str) -> str:
        """The actor IRI of ``@name@domain`` (RFC 7033, with RFC 6415's template as a fallback)."""
        base = origin(f"{self._scheme}://{domain}")
        if base is None:
            raise Invalid(f"{domain[:200]} is not the name of a server")
        found = await self._jrd(base, f"acct:{name}@{base.split('://', 1)[1]}")
        for link in each(found.get("links")):
            if not isinstance(link, dict) or link.get("rel") != "self":
                continue
            kind = link.get("type")
            href = iri(link.get("href"))
            if href is not None and isinstance(kind, str) and content_type_is_activity(kind):
                return href
        raise FetchRefused(f"@{name}@{domain} leads to no ActivityPub actor")

    async def interaction(self, where: Whereabouts, uri: str) -> str | None:
        """Where somebody with an account there goes on with an object: a page of their own server.
        None where it names none; raises Invalid and FetchError as `webfinger`."""
        base = origin(f"{self._scheme}://{where.domain}")
        if base is None:
            raise Invalid(f"{where.domain[:200]} is not the name of a server")
        if where.name is None:
            resource = f"{base}/"  # the server itself (FEP-d556)
        else:
            resource = f"acct:{where.name}@{base.split('://', 1)[1]}"
        found = await self._jrd(base, resource)
        page = interaction(found.get("links"), uri)
        return None if page is None else self._transport.guard.check_url(page)

    async def _jrd(self, base: str, resource: str) -> dict[str, Any]:
        """What a server tells of a resource."""
        asked = quote(resource, safe="")
        try:
            return await self._json(f"{base}/.well-known/webfinger?resource={asked}")
        except FetchGone:
            template = await self._template(base)
            return await self._json(template.replace("{uri}", asked))

    async def _template(self, base: str) -> str:
        meta = await self._json(f"{base}/.well-known/host-meta.json")
        for link in each(meta.get("links")):
            if isinstance(link, dict) and link.get("rel") == "lrdd":
                template = link.get("template")
                if isinstance(template, str) and "{uri}" in template:
                    return template
        raise FetchGone(f"{base} tells no address of its accounts")

    async def _json(self, url: str) -> dict[str, Any]:
        address = url
        for _ in range(REDIRECTS + 1):
            answer = await self._transport.get(
                address, headers={"Accept": "application/jrd+json, application/json"}
            )
            if answer.location is None:
                break
            address = answer.location
        if answer.status in (404, 410):
            raise FetchGone(f"{url} answers {answer.status}", http_status=answer.status)
        if answer.status != 200:
            raise FetchFailed(f"{url} answers {answer.status}", http_status=answer.status)
        found = strict_json.parse(
            answer.body, depth=self._limits.json_depth, nodes=self._limits.json_nodes
        )
        if isinstance(found, Rejected):
            raise FetchRefused(f"{url} is not readable: {found.reason}")
        return found
