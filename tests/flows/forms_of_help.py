"""Every form of help that the founding article names, as somebody would really ask or offer it.

One line is one announcement: what the article says, the topic, who of which kind publishes it,
and what they write. The table is read beside aid.md's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

OFFER: Final = "offer"
REQUEST: Final = "request"


@dataclass(frozen=True, slots=True)
class Form:
    article: str
    """The article's own words; "" where aid.md adds the topic."""
    topic: str
    kind: str
    """Of the account that publishes it."""
    purpose: str
    mode: str
    title: str
    answer: str
    """What the neighbour who answers writes."""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.topic}-{self.mode}"


FORMS: Final[tuple[Form, ...]] = (
    # ── on se prête ──────────────────────────────────────────────────────────────────────────
    Form("prêt d’outils", "lending.tools", "resident", OFFER, "loan",
         "Perceuse avec ses mèches", "Il me la faudrait samedi."),
    Form("électroménager", "lending.appliances", "resident", OFFER, "loan",
         "Appareil à raclette pour dix", "Pour l’anniversaire de ma mère."),
    Form("prêt d’objets", "lending.objects", "association", OFFER, "loan",
         "Tables et bancs pliants", "Pour la fête de l’immeuble.", {"quantity": "6"}),
    Form("", "lending.bicycle", "resident", REQUEST, "loan",
         "Un vélo pour une semaine", "Le mien dort à la cave."),
    Form("commerçants qui mettent un espace à disposition", "lending.space", "business", OFFER,
         "use", "L’arrière-salle du café le lundi", "Pour notre chorale.", {"quantity": "3"}),
    # ── on se rend service ───────────────────────────────────────────────────────────────────
    Form("aide au bricolage", "services.diy", "resident", REQUEST, "service",
         "Une étagère à fixer", "J’ai ce qu’il faut."),
    Form("soutien informatique", "services.it", "resident", OFFER, "service",
         "Je dépanne ordinateurs et téléphones", "Mon téléphone est plein."),
    Form("babysitting", "services.childcare", "resident", REQUEST, "time",
         "Garder deux enfants jeudi soir", "Avec plaisir.", {"quantity": "3"}),
    Form("accompagnement pour des démarches", "services.paperwork", "professional", OFFER,
         "service", "Aide pour remplir un dossier", "Pour la carte de séjour."),
    Form("", "services.translation", "resident", OFFER, "service",
         "J’interprète de l’arabe au français", "Pour l’école de ma fille."),
    Form("échange de services", "services.household", "resident", OFFER, "time",
         "Je promène votre chien", "Il est très gentil.", {"quantity": "2"}),
    Form("covoiturage", "mobility.carpool", "resident", OFFER, "service",
         "Trois places pour la gare, mardi matin", "Une place pour moi.", {"quantity": "3"}),
    Form("rendez-vous médical", "mobility.escort", "resident", REQUEST, "service",
         "M’accompagner à l’hôpital", "Je vous y conduis."),
    Form("", "mobility.delivery", "business", OFFER, "service",
         "Notre camionnette livre le samedi", "Une machine à laver."),
    # ── on prend soin ────────────────────────────────────────────────────────────────────────
    Form("aide aux courses", "care.groceries", "resident", REQUEST, "service",
         "Courses pour une voisine", "J’y vais de toute façon."),
    Form("préparation des repas", "care.meals", "informal-group", OFFER, "service",
         "Une soupe pour qui est malade", "Merci beaucoup."),
    Form("visites aux personnes isolées", "care.visit", "association", OFFER, "service",
         "Une visite par semaine", "Ma tante en serait heureuse."),
    Form("la présence et l’écoute", "care.listening", "resident", OFFER, "service",
         "Un café et une oreille", "Volontiers."),
    Form("personnes vulnérables, âgées ou isolées", "care.support", "professional", REQUEST,
         "service", "Relayer un aidant une après-midi", "Je suis libre mercredi."),
    # ── on donne, on échange ─────────────────────────────────────────────────────────────────
    Form("échanges d’objets", "goods.objects", "resident", OFFER, "swap",
         "Un aquarium contre des plantes", "J’ai un ficus."),
    Form("vêtements", "goods.clothing", "resident", OFFER, "gift",
         "Habits de bébé, 6 mois", "Ils tombent bien."),
    Form("livres", "goods.books", "resident", OFFER, "gift",
         "Une caisse de romans policiers", "Je la prends."),
    Form("nourriture, limiter le gaspillage", "goods.food", "business", OFFER, "gift",
         "Pain du jour", "Pour le foyer.", {"quantity": "4", "unit": "kilogram"}),
    Form("objets", "goods.furniture", "resident", OFFER, "gift",
         "Une armoire à démonter", "Nous venons à deux."),
    Form("collectes solidaires", "goods.hygiene", "association", REQUEST, "gift",
         "Couches taille 3", "Il m’en reste un paquet.", {"quantity": "10"}),
    # ── on apprend ───────────────────────────────────────────────────────────────────────────
    Form("partage de savoir-faire", "knowledge.skills", "resident", OFFER, "service",
         "Apprendre à faire son pain", "J’ai un bon levain."),
    Form("transmission de conseils", "knowledge.advice", "resident", OFFER, "service",
         "Conseils pour un balcon au nord", "Rien ne pousse chez moi."),
    Form("coopération entre générations", "knowledge.tutoring", "resident", OFFER, "service",
         "Aide aux devoirs, collège", "Pour mon fils."),
    # ── on fait ensemble ─────────────────────────────────────────────────────────────────────
    Form("jardins partagés", "collective.garden", "informal-group", OFFER, "together",
         "Plantons la haie", "Je viens avec ma bêche.", {"quantity": "12"}),
    Form("initiatives écologiques", "collective.ecology", "association", OFFER, "together",
         "Ramassage au bord du fleuve", "Nous serons deux.", {"quantity": "30"}),
    Form("repair cafés", "collective.repair", "association", OFFER, "together",
         "Atelier de réparation du mois", "Mon grille-pain fume.", {"quantity": "8"}),
    Form("collectes solidaires", "collective.drive", "association", REQUEST, "together",
         "Trier la collecte de manteaux", "J’ai deux heures.", {"quantity": "5"}),
    Form("repas partagés", "collective.meal", "informal-group", OFFER, "together",
         "Grande tablée de la rue", "J’apporte une tarte.", {"quantity": "40"}),
    Form("événements favorisant la rencontre", "collective.meeting", "public-body", OFFER,
         "together", "Fête des voisins", "Nous venons.", {"quantity": "100"}),
    Form("projets collectifs", "collective.project", "public-body", REQUEST, "together",
         "Dessiner la nouvelle place", "J’ai des idées.", {"quantity": "15"}),
    Form("groupes de messagerie", "collective.exchange-group", "informal-group", OFFER,
         "together", "Le groupe de la montée", "J’habite au 2e.", {"quantity": "50"}),
    # ── on soutient ──────────────────────────────────────────────────────────────────────────
    Form("mobilisation volontaire", "support.volunteers", "association", REQUEST, "together",
         "Des bras pour le vestiaire", "Comptez sur moi.", {"quantity": "4"}),
    Form("ressources matérielles", "support.resources", "public-body", OFFER, "use",
         "La salle du conseil de quartier", "Pour notre assemblée.", {"quantity": "4"}),
    Form("financements", "support.funding", "public-body", OFFER, "fund",
         "Appel à projets du quartier", "Notre jardin candidate."),
    Form("résoudre des conflits", "support.mediation", "professional", OFFER, "service",
         "Médiation entre voisins", "À propos d’une haie."),
    Form("travailleurs sociaux, cadre légal", "support.guidance", "professional", OFFER,
         "service", "Permanence : vos droits", "Pour mon logement."),
    # ── quand tout va mal ────────────────────────────────────────────────────────────────────
    Form("catastrophe", "crisis.shelter", "resident", OFFER, "use",
         "Un lit pour cette nuit", "Nous sommes deux.", {"urgency": "critical", "quantity": "12"}),
    Form("catastrophe", "crisis.water", "public-body", OFFER, "gift",
         "Eau potable", "Pour l’immeuble.", {"urgency": "critical", "unit": "litre",
                                             "quantity": "200"}),
    Form("catastrophe", "crisis.power", "business", OFFER, "use",
         "Recharge de téléphones", "J’arrive.", {"urgency": "high", "quantity": "8"}),
    Form("canicule, grand froid", "crisis.cool-warm", "public-body", OFFER, "use",
         "Salle fraîche ouverte", "Merci pour ma mère.", {"urgency": "high", "quantity": "6"}),
    Form("personnes isolées", "crisis.check-in", "resident", REQUEST, "service",
         "Prendre des nouvelles de mon voisin", "J’y passe ce soir.", {"urgency": "high"}),
    Form("catastrophe", "crisis.evacuation", "resident", REQUEST, "service",
         "Quitter l’immeuble avec un fauteuil", "J’ai un véhicule adapté.",
         {"urgency": "critical"}),
    Form("catastrophe", "crisis.cleanup", "association", REQUEST, "together",
         "Vider les caves après l’eau", "Avec des bottes.", {"urgency": "high", "quantity": "20"}),
    Form("pandémie", "crisis.medicine-run", "resident", REQUEST, "service",
         "Aller à la pharmacie", "Je descends à midi.", {"urgency": "high"}),
    Form("réponse rapide", "crisis.info", "public-body", OFFER, "service",
         "Quelles rues sont coupées", "Et la montée ?", {"urgency": "high"}),
    Form("", "other.other", "resident", REQUEST, "service",
         "Autre chose", "Je peux aider."),
)  # fmt: skip
