"""Who lives in the demo and what they ask and offer: `lyon.toml`, read and checked.

The file is French, for whoever wants to play another town; here its words become the code's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from node.aid.drafts import check_draft
from node.aid.proposals import Draft


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    kind: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.username}@demo.example"

    @property
    def password(self) -> str:
        """No secret: it is printed, and the nodes of the demo listen on loopback alone."""
        return f"bonjour-{self.username}"


@dataclass(frozen=True, slots=True)
class Announcement:
    draft: Draft
    seen_in: frozenset[str]
    """Slugs of the quartiers that must show it; nowhere else may it be."""
    early: bool
    """Published before the quartiers know each other."""

    @property
    def title(self) -> str:
        return self.draft.title


@dataclass(frozen=True, slots=True)
class Quartier:
    slug: str
    name: str
    latitude: float
    longitude: float
    radius_m: int
    people: tuple[Person, ...]
    announcements: tuple[Announcement, ...]


@dataclass(frozen=True, slots=True)
class Helping:
    """Who answers `Scenario.traveller`, and what they say."""

    who: str
    quartier: str
    """Slug."""
    answer: str
    contact: str
    thanks: str


@dataclass(frozen=True, slots=True)
class Scenario:
    quartiers: tuple[Quartier, ...]
    """The first is where `traveller` and `followed` are published."""
    neighbours: tuple[tuple[str, str], ...]
    """(who asks, who accepts)"""
    traveller: Announcement
    followed: Announcement
    new_title: str
    new_text: str
    helping: Helping

    def announcements(self, *, early: bool) -> Iterator[tuple[Quartier, Announcement]]:
        for quartier in self.quartiers:
            for announcement in quartier.announcements:
                if announcement.early is early:
                    yield quartier, announcement


def read_scenario() -> Scenario:
    raw = tomllib.loads(files("node.cli.demo").joinpath("lyon.toml").read_text(encoding="utf-8"))
    sequel = raw["suite"]
    return Scenario(
        quartiers=tuple(_quartier(one) for one in raw["quartiers"]),
        neighbours=tuple((asks, accepts) for asks, accepts in raw["voisins"]),
        traveller=_announcement(raw["voyage"]),
        followed=_announcement(sequel["annonce"]),
        new_title=sequel["nouveau_titre"],
        new_text=sequel["nouveau_texte"],
        helping=_helping(raw["aide"]),
    )


def _quartier(raw: Mapping[str, Any]) -> Quartier:
    return Quartier(
        slug=raw["nom_court"],
        name=raw["nom"],
        latitude=raw["latitude"],
        longitude=raw["longitude"],
        radius_m=raw["rayon_m"],
        people=tuple(
            Person(
                username=one["compte"],
                name=one["nom"],
                kind=one.get("genre", "resident"),
                role=one.get("role", "member"),
            )
            for one in raw["gens"]
        ),
        announcements=tuple(_announcement(one) for one in raw["annonces"]),
    )


def _helping(raw: Mapping[str, Any]) -> Helping:
    return Helping(
        who=raw["qui"],
        quartier=raw["quartier"],
        answer=raw["reponse"],
        contact=raw["joindre"],
        thanks=raw["merci"],
    )


def _announcement(raw: Mapping[str, Any]) -> Announcement:
    draft = check_draft(
        {
            "author": raw["auteur"],
            "purpose": raw["sens"],
            "topic": raw["sujet"],
            "title": raw["titre"],
            "text": raw["texte"],
            "urgency": raw.get("urgence"),
            "reach": raw.get("portee"),
            "expires": raw.get("fin"),
        }
    )
    return Announcement(draft, frozenset(raw["visible"]), raw.get("tôt", False))
