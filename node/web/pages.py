"""The pages that people see: the quartier, one announcement, one person; and /health, /metrics."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from importlib.resources import files

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from node.activitypub.negotiation import negotiate
from node.aid.topics import OTHER, TOPICS
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, objects, proposals
from node.store.engine import Store
from node.store.proposals import Listed
from node.store.statistics import Statistics, statistics
from node.store.transaction import Transaction
from node.web.guards import client_address
from node.web.words import WORDS, Words, language_of, when

PAGE = 40


@dataclass(frozen=True, slots=True)
class Card:
    """An announcement as a page shows it."""

    title: str
    kind: str
    urgent: bool
    topic: str
    who: str
    where: str
    until: str
    content: Markup
    link: str
    doubt: str


class Pages:
    def __init__(self, here: Here, store: Store) -> None:
        self._here = here
        self._store = store
        static = files("node.web") / "static"
        self._styles = (static / "entraide.css").read_bytes()
        self._pictures = {
            name: (static / f"{name}.png").read_bytes() for name in ("avatar", "header", "quartier")
        }
        self._templates = Environment(
            loader=PackageLoader("node.web"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.quartier),
            web.get("/@{name}", self.profile),
            web.get("/@{name}/{id}", self.announcement),
            web.get("/proposals/{id}", self.copy),
            web.get("/tags/{slug}", self.tag),
            web.get("/static/entraide.css", self.styles),
            web.get("/static/{name:(?:avatar|header|quartier)}.png", self.picture),
            # Apps know by this name that somebody has no picture.
            web.get("/{name:avatar|header}s/original/missing.png", self.picture),
            web.get("/health", self.health),
            web.get("/metrics", self.metrics),
        ]

    # ── pages ────────────────────────────────────────────────────────────────────────────────

    async def quartier(self, request: web.Request) -> web.Response:
        if negotiate(request.headers.get("Accept"), default="html") == "activity":
            return _to(self._here.quartier.uri)
        before = _number(request.query.get("max_id"))
        found = await self._store.read(
            proposals.listed, now=self._here.clock.now(), before=before, most=PAGE + 1
        )
        words = WORDS[language_of(request)]
        more = f"/?max_id={found[PAGE - 1].proposal.id}" if len(found) > PAGE else ""
        return self._page(
            request,
            "quartier.html",
            title=self._here.settings.node.name,
            cards=[self._card(one, words) for one in found[:PAGE]],
            more=more,
            address=f"@quartier@{self._here.domain}",
            urgent=f"@urgent@{self._here.domain}",
        )

    async def profile(self, request: web.Request) -> web.Response:
        actor = await self._actor(request)
        if negotiate(request.headers.get("Accept"), default="html") == "activity":
            return _to(actor.uri)
        if actor.id == self._here.quartier.id:
            return _to("/")
        found = await self._store.read(
            proposals.listed, now=self._here.clock.now(), author_id=actor.id, most=PAGE
        )
        words = WORDS[language_of(request)]
        return self._page(
            request,
            "profile.html",
            title=actor.name or actor.username,
            handle=f"@{actor.handle}",
            summary=Markup(actor.summary),  # noqa: S704 - cleaned when it was stored
            cards=[self._card(one, words) for one in found],
        )

    async def announcement(self, request: web.Request) -> web.Response:
        actor = await self._actor(request)
        number = _number(request.match_info["id"])
        status = await self._store.read(objects.by_id, number) if number else None
        if status is None or status.author_id != actor.id or not status.visibility.open:
            raise NotFound("Il n’y a rien à cette adresse.")
        if negotiate(request.headers.get("Accept"), default="html") == "activity":
            return _to(status.uri)
        return await self._one(request, status.id)

    async def copy(self, request: web.Request) -> web.Response:
        """An announcement that a neighbour passed on."""
        number = _number(request.match_info["id"])
        if number is None:
            raise NotFound("Il n’y a rien à cette adresse.")
        return await self._one(request, number)

    async def tag(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"].casefold()[:100]
        found = await self._store.read(_tagged, slug, self._here.clock.now())
        words = WORDS[language_of(request)]
        return self._page(
            request,
            "profile.html",
            title=f"#{slug}",
            handle="",
            summary="",
            cards=[self._card(one, words) for one in found],
        )

    async def _one(self, request: web.Request, number: int) -> web.Response:
        found = await self._store.read(
            proposals.listed,
            now=self._here.clock.now(),
            live_only=False,
            object_id=number,
            most=1,
        )
        if not found:
            raise NotFound("Il n’y a rien à cette adresse.")
        words = WORDS[language_of(request)]
        one = found[0]
        return self._page(
            request,
            "announcement.html",
            title=one.proposal.title,
            card=self._card(one, words),
            home=one.url or one.proposal.uri,
            local=one.local,
            address=f"@{one.author_username}@{one.author_domain}",
        )

    async def _actor(self, request: web.Request) -> Actor:
        name = request.match_info["name"]
        actor = None
        if self._here.addresses.is_username(name):
            uri = self._here.addresses.actor_of(name)
            actor = await self._store.read(actors.by_uri, uri)
        if actor is None or actor.gone or actor.suspended:
            raise NotFound("Il n’y a personne de ce nom ici.")
        return actor

    def _card(self, one: Listed, words: Words) -> Card:
        proposal = one.proposal
        topic = TOPICS.get(proposal.topic, OTHER)
        local = f"/@{one.author_username}/{proposal.id}"
        zone, doubt = self._here.settings.node.time_zone, ""
        if one.voucher is not None and one.unconfirmed_since is not None:
            since = when(self._here.clock.now() - one.unconfirmed_since, words)
            doubt = words.doubt.format(voucher=one.voucher.split("//", 1)[-1], since=since)
        return Card(
            title=proposal.title,
            kind=words.request if proposal.purpose.value == "request" else words.offer,
            urgent=proposal.urgency.value in ("high", "critical"),
            topic=topic.label(words.language),
            who=one.author_name or one.author_username,
            where=self._here.settings.node.name if one.local else proposal.origin,
            until=words.date(proposal.expires_at, zone) if proposal.expires_at else "",
            content=Markup(one.content),  # noqa: S704 - cleaned when it was stored
            link=local if one.local else f"/proposals/{proposal.id}",
            doubt=doubt,
        )

    def _page(self, request: web.Request, template: str, **values: object) -> web.Response:
        words = WORDS[language_of(request)]
        text = self._templates.get_template(template).render(
            words=words, quartier=self._here.settings.node.name, **values
        )
        return web.Response(
            text=text,
            content_type="text/html",
            headers={"Vary": "Accept, Accept-Language", "Content-Language": words.language},
        )

    # ── for machines ─────────────────────────────────────────────────────────────────────────

    async def styles(self, request: web.Request) -> web.Response:
        return web.Response(
            body=self._styles,
            content_type="text/css",
            charset="utf-8",
            headers={"Cache-Control": "public, max-age=3600"},
        )

    async def picture(self, request: web.Request) -> web.Response:
        """What stands where somebody has no picture of their own."""
        return web.Response(
            body=self._pictures[request.match_info["name"]],
            content_type="image/png",
            headers={"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"},
        )

    async def health(self, request: web.Request) -> web.Response:
        """200 when the database answers."""
        await self._store.read(_nothing)
        return web.Response(text="OK")

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus text, for the configured networks only."""
        server = self._here.settings.server
        who = client_address(request, frozenset(server.proxies))
        if not any(_inside(who, network) for network in server.metrics_from):
            raise NotFound("Il n’y a rien à cette adresse.")
        figures = await self._store.read(statistics)
        return web.Response(text=prometheus(figures), content_type="text/plain", charset="utf-8")


def prometheus(figures: Statistics) -> str:
    """The figures in Prometheus' text form."""
    lines = []
    for name, about, values in (
        (
            "entraide_statuses",
            "Statuses stored, by where they were written.",
            {'origin="local"': figures.statuses_local, 'origin="remote"': figures.statuses_remote},
        ),
        (
            "entraide_followers",
            "Accepted follows, by where the follower lives.",
            {
                'origin="local"': figures.followers_local,
                'origin="remote"': figures.followers_remote,
            },
        ),
        ("entraide_accounts", "People with an account here.", {"": figures.accounts}),
        ("entraide_proposals_open", "Offers and requests shown.", {"": figures.proposals_open}),
        (
            "entraide_inbox_pending",
            "Activities accepted and not yet applied.",
            {"": figures.inbox_pending},
        ),
        (
            "entraide_inbox_aside",
            "Activities put aside after too many failures.",
            {"": figures.inbox_aside},
        ),
        (
            "entraide_deliveries",
            "Deliveries not done, by state.",
            {
                'state="pending"': figures.deliveries_pending,
                'state="dead"': figures.deliveries_dead,
            },
        ),
    ):
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        lines += [
            f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"
            for labels, value in values.items()
        ]
    return "\n".join(lines) + "\n"


def _nothing(tx: Transaction) -> None:
    actors.by_id(tx, 0)


def _tagged(tx: Transaction, slug: str, now: float) -> list[Listed]:
    return proposals.listed(tx, now=now, tag=slug, most=PAGE)


def _inside(address: str | None, network: str) -> bool:
    try:
        return ipaddress.ip_address(address or "") in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _number(text: str | None) -> int | None:
    if text and text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63:
        return int(text)
    return None


def _to(url: str) -> web.Response:
    return web.Response(status=303, headers={"Location": url, "Vary": "Accept"})
