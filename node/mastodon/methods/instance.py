"""What anybody may ask of the node itself."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from node.mastodon.entities import instance as entities
from node.mastodon.entities.times import moment
from node.mastodon.method import Ask, Method, missing
from node.moderation.blocklists import obfuscated
from node.moderation.policy import DomainBlock
from node.store import figures, moderation

WEEKS: Final = 12


async def instance(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/instance."""
    served = {one.canonical for one in ask.request.app.router.resources()}
    return await ask.store.read(
        entities.instance,
        ask.here,
        vapid=ask.here.vapid_public,
        version=entities.api_version(served),
    )


async def old_instance(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/instance."""
    return await ask.store.read(entities.old_instance, ask.here)


async def peers(ask: Ask) -> list[str]:
    """GET /api/v1/instance/peers."""
    return await ask.store.read(figures.domains)


async def activity(ask: Ask) -> list[dict[str, str]]:
    """GET /api/v1/instance/activity: by week, this one first."""
    found = await ask.store.read(figures.weeks, now=ask.here.clock.now(), many=WEEKS)
    return [
        {
            "week": str(one.begins),
            "statuses": str(one.statuses),
            "logins": str(one.sign_ins),
            "registrations": str(one.newcomers),
        }
        for one in found
    ]


async def rules(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/instance/rules."""
    return await ask.store.read(entities.rules, ask.here)


async def domain_blocks(ask: Ask) -> list[dict[str, str]]:
    """GET /api/v1/instance/domain_blocks: for people of the quartier."""
    found = await ask.store.read(moderation.domain_block_list)
    shown = [one for one in found if one.severity != "noop"]
    return [_block(one) for one in sorted(shown, key=lambda one: one.domain)]


def _block(block: DomainBlock) -> dict[str, str]:
    return {
        "domain": obfuscated(block.domain) if block.obfuscate else block.domain,
        "digest": hashlib.sha256(block.domain.encode()).hexdigest(),
        "severity": block.severity,
        "comment": block.reason,
    }


async def extended_description(ask: Ask) -> dict[str, str]:
    """GET /api/v1/instance/extended_description."""
    return await ask.store.read(entities.extended_description, ask.here)


async def privacy_policy(ask: Ask) -> dict[str, str]:
    """GET /api/v1/instance/privacy_policy: what is true of every node of this kind."""
    return {
        "updated_at": moment(entities.PRIVACY_AT),
        "content": entities.privacy(ask.here),
    }


async def terms(ask: Ask) -> None:
    """GET /api/v1/instance/terms_of_service: there are none."""
    raise missing()


async def translation_languages(ask: Ask) -> dict[str, list[str]]:
    """GET /api/v1/instance/translation_languages: nothing is translated."""
    return {}


async def nothing(ask: Ask) -> list[Any]:
    """Lists that are empty on every node of this kind: emojis of its own, announcements (those of
    neighbours are statuses)."""
    return []


_ONE = "/api/v1/instance"

METHODS = (
    Method("GET", "/api/v2/instance", instance, who="anybody"),
    Method("GET", _ONE, old_instance, who="anybody"),
    Method("GET", f"{_ONE}/peers", peers, who="anybody"),
    Method("GET", f"{_ONE}/activity", activity, who="anybody"),
    Method("GET", f"{_ONE}/rules", rules, who="anybody"),
    Method("GET", f"{_ONE}/domain_blocks", domain_blocks),
    Method("GET", f"{_ONE}/extended_description", extended_description, who="anybody"),
    Method("GET", f"{_ONE}/privacy_policy", privacy_policy, who="anybody"),
    Method("GET", f"{_ONE}/terms_of_service", terms, who="anybody"),
    Method("GET", f"{_ONE}/terms_of_service/{{date}}", terms, who="anybody"),
    Method("GET", f"{_ONE}/translation_languages", translation_languages, who="anybody"),
    Method("GET", "/api/v1/custom_emojis", nothing, who="anybody"),
    Method("GET", "/api/v1/announcements", nothing),
    Method("POST", "/api/v1/announcements/{id}/dismiss", terms, scope="write:accounts"),
)
