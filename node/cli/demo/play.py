"""The play: what happens in the demo, step by step, each step checked from outside."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from node.actions import accounts, neighbours, proposals
from node.actions.accounts import NewAccount
from node.aid.neighbours import Event, Link
from node.aid.proposals import Proposal
from node.cli.demo.checks import check_note, check_pages
from node.cli.demo.helping import help_each_other
from node.cli.demo.outside import Outside, until
from node.cli.demo.processes import Nodes, Site
from node.cli.demo.scenario import Announcement, Person, Quartier, Scenario
from node.cli.demo.telling import CheckFailed, Story, say, seconds
from node.cli.demo.watch import Watch
from node.cli.ports import Root, Session
from node.config import load
from node.store import actors
from node.store import neighbours as stored_neighbours


@dataclass(slots=True)
class Play:
    root: Root
    scenario: Scenario
    sites: dict[str, Site]
    """By slug, in the order of the scenario."""
    nodes: Nodes
    outside: Outside
    watch: Watch
    story: Story
    sessions: dict[str, Session] = field(default_factory=dict)
    shown: dict[str, Counter[str]] = field(default_factory=dict)
    """The titles that each quartier must list now."""

    async def run(self) -> None:
        """All of it. Raises CheckFailed when a step that the rest needs fails."""
        self.shown = {slug: Counter() for slug in self.sites}
        preparing = asyncio.create_task(self._prepare_accounts())
        try:
            async with self.story.step("Les trois quartiers ouvrent leur nœud", needed=True):
                await self._open()
            async with self._sessions(), self._watching():
                await self._scenes(preparing)
        finally:
            preparing.cancel()

    async def _scenes(self, preparing: asyncio.Task[list[tuple[Site, Person, NewAccount]]]) -> None:
        step = self.story.step
        async with step("Chacun crée ses comptes", needed=True):
            await self._create_accounts(await preparing)
        async with step("On les trouve par leur adresse"):
            await self._find()
        async with step("Les premières annonces, avant de se connaître", needed=True):
            await self._publish_all(early=True)
        for asks, accepts in self.scenario.neighbours:
            name = f"{self.sites[asks].name} et {self.sites[accepts].name} deviennent voisins"
            async with step(name, needed=True):
                await self._join(self.sites[asks], self.sites[accepts])
        async with step("Ce qui était déjà ouvert passe aux nouveaux voisins"):
            await self._all_arrived()
        async with step("Les gens publient leurs offres et leurs demandes", needed=True):
            await self._publish_all(early=False)
            await self._all_arrived()
        async with step("Une demande traverse la ville, de voisin en voisin", needed=True):
            travelled = await self._travel()
        async with step("Chaque annonce paraît une fois là où elle doit, et nulle part ailleurs"):
            await self._exactly_once()
        async with step("Ce qui est pour le quartier y reste"):
            await self._stays_home()
        async with step("La demande est signée, et lisible par d’autres logiciels"):
            await check_note(self.outside, travelled)
            say(f"{travelled.uri} : titre, texte et signature de son auteur sont bons")
        async with step("Les pages s’affichent"):
            await check_pages(self.outside, self.scenario, list(self.sites.values()))
        async with step("On répond d’un autre quartier, on s’accorde, on aide, on remercie"):
            await self._help(travelled)
        async with step("Une annonce change, et ses copies la suivent", needed=True):
            followed = await self._edit()
        async with step("C’est réglé : l’annonce quitte toutes les listes"):
            await self._close(followed)

    # ── the scenes ───────────────────────────────────────────────────────────────────────────

    async def _open(self) -> None:
        for site in self.sites.values():
            await self.nodes.start(site)

        async def opened(site: Site) -> None:
            took = await until(
                lambda: self.outside.healthy(site.url), f"{site.name} ne répond pas ({site.log})"
            )
            say(f"{site.name} est ouvert : {site.url}  ({seconds(took)})")

        await asyncio.gather(*(opened(site) for site in self.sites.values()))

    async def _prepare_accounts(self) -> list[tuple[Site, Person, NewAccount]]:
        """Making keys and hashing passwords take a while each: while the nodes start."""

        async def prepared(site: Site, person: Person) -> tuple[Site, Person, NewAccount]:
            new = await asyncio.to_thread(
                accounts.prepare_account,
                username=person.username,
                email=person.email,
                password=person.password,
                kind=person.kind,
                role=person.role,
                display_name=person.name,
            )
            return site, person, new

        return await asyncio.gather(
            *(
                prepared(site, person)
                for site in self.sites.values()
                for person in site.quartier.people
            )
        )

    async def _create_accounts(self, prepared: list[tuple[Site, Person, NewAccount]]) -> None:
        for site, person, new in prepared:
            session = self.sessions[site.slug]
            actor = await session.store.write(accounts.create_account, session.here, new)
            say(f"{site.name} : {person.name}  @{actor.handle}")

    async def _find(self) -> None:
        for site in self.sites.values():
            for name in ("quartier", "urgent", site.quartier.people[0].username):
                address = f"{name}@{site.domain}"
                found = await self.outside.webfinger(site.url, address)
                own = {link["href"] for link in found.get("links", ()) if link["rel"] == "self"}
                if found.get("subject") != f"acct:{address}" or len(own) != 1:
                    raise CheckFailed(f"@{address} n’est pas trouvé : {found}")
                actor = await self.outside.document(own.pop())
                if f"{actor.get('preferredUsername')}@{site.domain}" != address:
                    raise CheckFailed(f"@{address} se présente mal : {actor}")
            say(f"{site.name} : @quartier@{site.domain} et ses comptes sont trouvés")

    async def _publish_all(self, *, early: bool) -> None:
        for quartier, announcement in self.scenario.announcements(early=early):
            await self._publish(quartier, announcement)

    async def _publish(self, quartier: Quartier, announcement: Announcement) -> Proposal:
        site, session = self.sites[quartier.slug], self.sessions[quartier.slug]
        draft = announcement.draft
        author = await session.store.read(actors.local_by_username, draft.author)
        if author is None:
            raise CheckFailed(f"{draft.author} n’a pas de compte à {site.name}")
        what = "demande" if draft.purpose.value == "request" else "offre"
        say(f"{site.name} : {author.name} publie une {what}, « {draft.title} »")
        self.watch.published(site, draft.title)
        made = await session.store.write(
            proposals.publish_proposal, session.here, author, replace(draft, author=author.uri)
        )
        for slug in announcement.seen_in:
            self.shown[slug][announcement.title] += 1
        return made

    async def _join(self, asks: Site, accepts: Site) -> None:
        asking, accepting = self.sessions[asks.slug], self.sessions[accepts.slug]
        await neighbours.ask_neighbour(asking.store, asking.here, asking.remote, accepts.url)
        say(f"{asks.name} demande à {accepts.name} d’être voisin")

        async def state(session: Session, other: Site) -> str:
            rows = await session.store.read(stored_neighbours.every)
            return next((row.state for row in rows if row.domain == other.domain), "")

        async def asked() -> bool:
            return await state(accepting, asks) == Link.ASKED.value

        async def joined() -> bool:
            states = {await state(asking, accepts), await state(accepting, asks)}
            return states == {Link.JOINED.value}

        await until(asked, f"{accepts.name} n’a pas reçu la demande de {asks.name}")
        await neighbours.answer_neighbour(
            accepting.store, accepting.here, asks.domain, Event.WE_ACCEPT
        )
        say(f"{accepts.name} accepte")
        await until(joined, f"{asks.name} et {accepts.name} ne sont pas voisins des deux côtés")
        say(f"{asks.name} et {accepts.name} sont voisins, des deux côtés")

    async def _all_arrived(self) -> None:
        for slug, titles in self.shown.items():
            for title in titles:
                await self.watch.arrived(self.sites[slug], title)

    async def _travel(self) -> Proposal:
        made = await self._publish(self.scenario.quartiers[0], self.scenario.traveller)
        first, second, third = self.sites.values()
        rows = await self.sessions[third.slug].store.read(stored_neighbours.every)
        if first.domain in {row.domain for row in rows}:
            raise CheckFailed(f"{first.name} et {third.name} sont voisins : rien n’est à passer")
        await self.watch.arrived(second, made.title)
        took = await self.watch.arrived(third, made.title)
        await self.watch.arrived(first, made.title)
        say(
            f"{second.name} a passé la demande à {third.name}, qui n’est pas voisine de "
            f"{first.name} : {seconds(took)} en tout"
        )
        return made

    async def _exactly_once(self) -> None:
        await self._calm()
        for slug, site in self.sites.items():
            listed = Counter(await self.outside.titles(site.url))
            too_many, missing = listed - self.shown[slug], self.shown[slug] - listed
            if too_many or missing:
                raise CheckFailed(
                    f"{site.name} : en trop {sorted(too_many.elements())}, "
                    f"manquent {sorted(missing.elements())}"
                )
            say(f"{site.name} : {listed.total()} annonces, chacune une fois")

    async def _stays_home(self) -> None:
        for quartier in self.scenario.quartiers:
            for one in quartier.announcements:
                if one.seen_in != {quartier.slug}:
                    continue
                for site in self.sites.values():
                    count = (await self.outside.titles(site.url)).count(one.title)
                    if count != int(site.slug == quartier.slug):
                        raise CheckFailed(f"{site.name} affiche « {one.title} » {count} fois")
                say(f"« {one.title} » se voit à {quartier.name} seulement")

    async def _help(self, proposal: Proposal) -> None:
        helping, first = self.scenario.helping, self.scenario.quartiers[0]
        await help_each_other(
            self.sessions[first.slug],
            self.sessions[helping.quartier],
            proposal,
            helping,
            {"home": first.name, "away": self.sites[helping.quartier].name},
        )
        for slug in self.scenario.traveller.seen_in:
            self.shown[slug][self.scenario.traveller.title] -= 1
            await self.watch.left(self.sites[slug], proposal.title)
        say(f"« {proposal.title} » a quitté toutes les listes")

    async def _edit(self) -> Proposal:
        made = await self._publish(self.scenario.quartiers[0], self.scenario.followed)
        for site in self.sites.values():
            await self.watch.arrived(site, made.title)
        session = self.sessions[self.scenario.quartiers[0].slug]
        title, text = self.scenario.new_title, self.scenario.new_text
        say(f"{self.scenario.quartiers[0].name} : elle devient « {title} »")
        changed = await session.store.write(
            proposals.edit_proposal, session.here, made.id, title=title, text=text
        )
        for site in self.sites.values():
            await self.watch.arrived(site, title)
            cards = await self.outside.cards(site.url)
            links = [card.link for card in cards if card.title == title]
            if len(links) != 1 or any(card.title == made.title for card in cards):
                raise CheckFailed(f"{site.name} affiche encore l’ancienne annonce")
            page = await self.outside.page(f"{site.url}{links[0]}")
            if text not in page:
                raise CheckFailed(f"{site.name} n’affiche pas le nouveau texte")
        return changed

    async def _close(self, proposal: Proposal) -> None:
        session = self.sessions[self.scenario.quartiers[0].slug]
        say(f"{self.scenario.quartiers[0].name} : « {proposal.title} », c’est réglé")
        await session.store.write(proposals.close_proposal, session.here, proposal.id)
        for slug in self.scenario.followed.seen_in:
            self.shown[slug][self.scenario.followed.title] -= 1
            await self.watch.left(self.sites[slug], proposal.title)
        await self._calm()
        for site in self.sites.values():
            if proposal.title in await self.outside.titles(site.url):
                raise CheckFailed(f"{site.name} affiche de nouveau « {proposal.title} »")

    # ── what they need ───────────────────────────────────────────────────────────────────────

    async def _calm(self) -> None:
        """Wait until nothing is under way between the nodes any more."""

        async def calm() -> bool:
            for _ in range(2):  # what is applied on one may be sent on to another
                for site in self.sites.values():
                    if await self.outside.waiting(site.url):
                        return False
            return True

        await until(calm, "des messages attendent toujours")

    @contextlib.asynccontextmanager
    async def _sessions(self) -> AsyncIterator[None]:
        """Each node opened beside its running process, as the commands do."""
        async with contextlib.AsyncExitStack() as stack:
            for slug, site in self.sites.items():
                self.sessions[slug] = await stack.enter_async_context(
                    self.root.session(load(site.config, environment={}))
                )
            yield

    @contextlib.asynccontextmanager
    async def _watching(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.watch.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
