"""Everything that real apps asked, each of them in its own order, gets what is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mastodon.recordings import Player, recording
from tests.mastodon.signing_in import App, town

OTHERS = ("benoit", "claire", "david")


async def _quartier(others: dict[str, App], amina: App) -> None:
    """Everybody follows everybody, and there is something to read."""
    everybody = {**others, "amina": amina}
    ids = {
        name: (await app.get("/api/v1/accounts/verify_credentials"))["id"]
        for name, app in everybody.items()
    }
    for name, app in everybody.items():
        for other, identifier in ids.items():
            if other != name:
                await app.post(f"/api/v1/accounts/{identifier}/follow")
    market = "Le marché de la place est ouvert ce matin, il y a encore des pommes."
    await others["claire"].post("/api/v1/statuses", status=market, language="fr")
    asked = "#demande Courses pour Mme Perrin, qui ne peut plus descendre ses trois étages."
    await others["david"].post("/api/v1/statuses", status=asked, language="fr")
    offered = "#offre Je prête ma perceuse et deux échelles, rue du Mail."
    await others["benoit"].post("/api/v1/statuses", status=offered, language="fr")
    poll = {"options": ["Je viens", "Je viens plus tard", "Pas cette fois"], "expires_in": 86400}
    workshop = "Atelier vélo samedi à 10 h au local : qui vient ?"
    await others["claire"].post("/api/v1/statuses", status=workshop, poll=poll, language="fr")


@pytest.mark.parametrize("client", ["phanpy", "elk"])
async def test_a_recorded_app_is_answered(client: str, tmp_path: Path) -> None:
    async with town(tmp_path, "amina", *OTHERS) as here:
        others = {name: await here.app(name) for name in OTHERS}
        await _quartier(others, await here.app("amina"))
        await Player(here, others).play(recording(client))
