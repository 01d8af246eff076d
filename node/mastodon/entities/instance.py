"""What the node says of itself: Instance, and V1::Instance for older apps."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Any, Final

from node import __version__
from node.actions import house
from node.activitypub.discovery import UPSTREAM
from node.activitypub.html import from_plain
from node.mastodon.entities.account import one as account
from node.mastodon.entities.times import moment
from node.outbox.here import Here
from node.social import limits
from node.social.membership import NAME_MAX, SUMMARY_MAX, how_to_join
from node.store import actors, figures
from node.store.transaction import Transaction

VERSION: Final = f"{UPSTREAM['version']} (compatible; Entraide {__version__})"
"""Apps read the first three numbers."""
PROMISED: Final = (
    (2, "/api/v2/notifications"),
    (7, "/api/v1/statuses/{id}/quotes"),
)
"""From which version of Mastodon's API on apps take for granted that something is served."""

PRIVACY_AT: Final = 1_795_219_200.0  # 2026-11-21
_PRIVACY: Final = (
    "Ce quartier garde ce que vous lui confiez : votre adresse électronique, un condensé de votre "
    "mot de passe, votre profil, vos annonces, vos messages et ce que vous avez convenu. Rien "
    "n’est vendu, et personne n’est suivi.",
    "Ce que vous publiez pour tout le monde part aussi vers les serveurs de celles et ceux qui "
    "vous suivent, et vers les quartiers voisins. Un message direct part vers les serveurs des "
    "personnes à qui vous l’écrivez.",
    "Vos coordonnées ne se montrent qu’après un accord, quand vous le décidez. Vous pouvez à tout "
    "moment emporter vos données, ou supprimer votre compte et tout ce qu’il contient.",
    "This neighbourhood keeps what you give it: your e-mail address, a hash of your password, "
    "your profile, your announcements, your messages and what you agreed on. Nothing is sold and "
    "nobody is tracked. What you publish for everybody also goes to the servers of those who "
    "follow you and to neighbouring quartiers; a direct message goes to the servers of those you "
    "write to. Your contact details are shown only after an agreement, when you decide so. You "
    "can take your data with you at any time, or delete your account and all that is in it.",
)


def api_version(served: Collection[str]) -> int:
    """The highest of which all is served: `served` are the paths."""
    version = 1
    for number, path in PROMISED:
        if path not in served:
            break
        version = number
    return version


def instance(tx: Transaction, here: Here, *, vapid: str, version: int) -> dict[str, Any]:
    """Instance, for v2. `vapid`: the public key of Web Push. `version`: of the API."""
    settings = here.settings
    base = settings.base_url
    picture = f"{base}/static/quartier.png"
    texts = house.texts_of(tx, here)
    group = actors.by_id(tx, here.quartier.id)
    own = group.icon_url if group is not None else None
    return {
        "domain": here.domain,
        "title": settings.node.name,
        "version": VERSION,
        "source_url": f"{base}/",
        "description": description(here, texts),
        "usage": {
            "users": {"active_month": figures.active(tx, since=here.clock.now() - figures.MONTH_S)}
        },
        "thumbnail": {
            "url": picture,
            "versions": {"@1x": picture, "@2x": picture},
        },
        "icon": [{"src": own or f"{base}/static/avatar.png", "size": "400x400"}],
        "languages": list(settings.node.languages),
        "configuration": configuration(here) | _more(here, vapid),
        "registrations": registrations(here),
        "api_versions": {"mastodon": version},
        "contact": {
            "email": texts.contact_email,
            "account": _contact(tx, here),
        },
        "rules": rules(tx, here),
    }


def old_instance(tx: Transaction, here: Here) -> dict[str, Any]:
    """V1::Instance. `uri` is a bare domain."""
    settings = here.settings
    told = registrations(here)
    texts = house.texts_of(tx, here)
    counted = figures.whole(tx)
    return {
        "uri": here.domain,
        "title": settings.node.name,
        "short_description": description(here, texts),
        "description": description(here, texts),
        "email": texts.contact_email,
        "version": VERSION,
        "urls": {"streaming_api": streaming(here)},
        "stats": {
            "user_count": counted.people,
            "status_count": counted.statuses,
            "domain_count": counted.servers,
        },
        "thumbnail": f"{settings.base_url}/static/quartier.png",
        "languages": list(settings.node.languages),
        "registrations": told["enabled"],
        "approval_required": told["approval_required"],
        "invites_enabled": settings.node.joining != "closed",
        "configuration": configuration(here),
        "contact_account": _contact(tx, here),
        "rules": rules(tx, here),
    }


def description(here: Here, texts: house.QuartierTexts) -> str:
    """The beginning of what the association says of itself; plain text."""
    said = texts.description.split("\n", 1)[0]
    return said or f"L’entraide entre voisins : {here.settings.node.name}."


def extended_description(tx: Transaction, here: Here) -> dict[str, str]:
    """ExtendedDescription: all that the association says of itself."""
    group = actors.by_id(tx, here.quartier.id) or here.quartier
    texts = house.texts_of(tx, here)
    said = from_plain(texts.description or description(here, texts))
    return {"updated_at": moment(group.updated_at), "content": said}


def privacy(here: Here) -> str:
    """What is true of every node of this kind, in French and in English."""
    told = [*_PRIVACY]
    contact = here.settings.node.contact_email
    if contact:
        told.append(f"Contact : {contact}")
    return "".join(f"<p>{escape(one, quote=False)}</p>" for one in told)


def streaming(here: Here) -> str:
    """Where apps open their WebSocket: the same host."""
    scheme, _, rest = here.settings.base_url.partition("://")
    return ("wss" if scheme == "https" else "ws") + f"://{rest}"


def configuration(here: Here) -> dict[str, Any]:
    """The true limits: what is over them is refused."""
    asked = here.settings.limits
    return {
        "accounts": {
            "max_display_name_length": NAME_MAX,
            "max_note_length": SUMMARY_MAX,
            "max_featured_tags": limits.FEATURED_TAGS,
            "max_pinned_statuses": limits.PINS,
            "max_profile_fields": limits.FIELDS,
            "profile_field_name_limit": limits.FIELD_CHARACTERS,
            "profile_field_value_limit": limits.FIELD_CHARACTERS,
        },
        "statuses": {
            "max_characters": limits.CHARACTERS,
            "max_media_attachments": limits.ATTACHMENTS,
            "characters_reserved_per_url": limits.URL_CHARACTERS,
        },
        "media_attachments": {
            "description_limit": limits.DESCRIPTION_CHARACTERS,
            "image_size_limit": asked.picture_bytes,
            "image_matrix_limit": min(limits.IMAGE_MATRIX, asked.picture_pixels),
            "video_size_limit": asked.film_bytes,
            "video_frame_rate_limit": limits.FILM_FRAME_RATE,
            "video_matrix_limit": limits.FILM_MATRIX,
            "supported_mime_types": [
                *limits.IMAGE_TYPES,
                *limits.FILM_TYPES,
                *limits.SOUND_TYPES,
            ],
        },
        "polls": {
            "max_options": limits.POLL_OPTIONS,
            "max_characters_per_option": limits.OPTION_CHARACTERS,
            "min_expiration": limits.POLL_SHORTEST_S,
            "max_expiration": limits.POLL_LONGEST_S,
        },
    }


def _more(here: Here, vapid: str) -> dict[str, Any]:
    base = here.settings.base_url
    who = "public" if here.settings.node.open_to_all else "authenticated"
    readers = {"local": who, "remote": who}
    return {
        "urls": {
            "streaming": streaming(here),
            "status": None,
            "about": f"{base}/",
            "privacy_policy": None,
            "terms_of_service": None,
        },
        "vapid": {"public_key": vapid},
        "translation": {"enabled": False},
        "timelines_access": {
            "live_feeds": readers,
            "hashtag_feeds": readers,
            "trending_link_feeds": readers,
        },
        "limited_federation": False,
    }


def registrations(here: Here) -> dict[str, Any]:
    """By asking a mediator; by invitation or not at all, apps cannot."""
    joining = here.settings.node.joining
    asks = joining == "request"
    closed = None if asks else f"<p>{how_to_join('fr', closed=joining == 'closed')}</p>"
    return {
        "enabled": asks,
        "approval_required": asks,
        "reason_required": False,
        "message": closed,
        "min_age": None,
        "url": None,
    }


def rules(tx: Transaction, here: Here) -> list[dict[str, Any]]:
    return [
        {"id": str(number), "text": rule.strip(), "hint": "", "translations": {}}
        for number, rule in enumerate(house.texts_of(tx, here).rules, 1)
    ]


def _contact(tx: Transaction, here: Here) -> dict[str, Any] | None:
    """The quartier itself: its mediators read what is written to it."""
    quartier = actors.by_id(tx, here.quartier.id)
    return account(tx, here, quartier) if quartier is not None else None
