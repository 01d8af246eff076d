"""What one may write, as an example for who does not know how to begin: by group of topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from node.web.site.languages import later
from node.web.site.visit import Visit

REQUEST: Final = later("Faire mes courses jeudi matin")
OFFER: Final = later("Je peux faire des courses le samedi")
_OF_GROUP: Final[Mapping[str, tuple[str, str]]] = {
    "lending": (
        later("Une perceuse pour samedi"),
        later("Je prête ma perceuse, avec ses mèches"),
    ),
    "services": (
        later("Changer une ampoule au plafond"),
        later("J’aide pour l’ordinateur, le soir"),
    ),
    "mobility": (
        later("Aller à la gare mercredi à 9 heures"),
        later("J’ai deux places en voiture vers la gare, le lundi"),
    ),
    "care": (REQUEST, OFFER),
    "goods": (
        later("Un manteau d’enfant, 6 ans"),
        later("Je donne une table et deux chaises"),
    ),
    "knowledge": (
        later("Apprendre à coudre un ourlet"),
        later("Une heure d’aide aux devoirs, le mercredi"),
    ),
    "collective": (
        later("Des bras pour le jardin, dimanche"),
        later("Repas partagé dans la cour, dimanche midi"),
    ),
    "support": (
        later("Des bénévoles pour la collecte de samedi"),
        later("Une salle à prêter le mardi soir"),
    ),
    "crisis": (
        later("De l’eau potable pour ce soir"),
        later("Une chambre pour une nuit ou deux"),
    ),
}


def example(visit: Visit, group: str, *, request: bool) -> str:
    """In the reader's language."""
    asked, offered = _OF_GROUP.get(group, (REQUEST, OFFER))
    return visit.say(asked if request else offered)
