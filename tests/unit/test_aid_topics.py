"""Topics and modes: the data that every node ships is the table of what help there is."""

from __future__ import annotations

import pytest

from node.activitypub.jsonld import check_safe
from node.aid import skos
from node.aid.topics import (
    GROUPS,
    MODES,
    OTHER,
    TOPICS,
    UNITS,
    Mode,
    Name,
    Topic,
    fold,
    mode_from_actions,
    topic,
    topic_from_hashtag,
    topic_from_iri,
)

MODE_TABLE = """
| mode | French | primary intent (vf action) | reciprocal intent | unit |
|---|---|---|---|---|
| `gift` | Don | `transfer` | – | one, kg, litre |
| `swap` | Troc | `transfer` | `transfer` | one |
| `loan` | Prêt | `transferCustody` | `transferCustody` back, with a due date | one |
| `service` | Coup de main | `deliverService` | – | one, hour |
| `time` | Échange de temps | `deliverService` | `deliverService`, same hours | hour |
| `use` | Mise à disposition | `use` | – | hour |
| `together` | Activité collective | `deliverService` (places or hours to fill) | – | one, hour |
| `fund` | Soutien financier | `transfer`, links out only: a node never handles money | – | one |
"""

TOPIC_TABLE = """
| slug | French | answers | usual mode | Wikidata (closeMatch; only where certain) |
|---|---|---|---|---|
| `lending.tools` | Prêt d'outils | prêt d'outils | loan | Q39546 |
| `lending.appliances` | Prêt d'électroménager | électroménager | loan | Q212920 |
| `lending.objects` | Prêt d'objets et de matériel | prêt d'objets | loan | |
| `lending.bicycle` | Prêt de vélo | | loan | Q11442 |
| `lending.space` | Salle, local, jardin | commerçants qui mettent un espace à disposition | use | |
| `services.diy` | Bricolage | aide au bricolage | service | |
| `services.it` | Aide informatique | soutien informatique | service | |
| `services.childcare` | Garde d'enfants | babysitting | service | Q1455871 |
| `services.paperwork` | Démarches administratives | accompagnement pour des démarches | service | |
| `services.translation` | Traduction, interprétariat | | service | Q7553 |
| `services.household` | Ménage, petits travaux, animaux | échange de services | service | |
| `mobility.carpool` | Covoiturage | covoiturage | service | Q749649 |
| `mobility.escort` | Accompagnement à un rendez-vous | rendez-vous médical | service | |
| `mobility.delivery` | Transport, livraison | | service | |
| `care.groceries` | Aide aux courses | aide aux courses | service | |
| `care.meals` | Préparation de repas | préparation des repas | service | Q6460735 |
| `care.visit` | Visite | visites aux personnes isolées | service | |
| `care.listening` | Présence et écoute | la présence et l'écoute | service | |
| `care.support` | Soutien à une personne fragile | personnes vulnérables, âgées ou isolées | service | |
| `goods.objects` | Objets | échanges d'objets | gift, swap | |
| `goods.clothing` | Vêtements | vêtements | gift, swap | Q11460 |
| `goods.books` | Livres | livres | gift, swap | Q571 |
| `goods.food` | Nourriture | nourriture, limiter le gaspillage | gift, swap | Q2095 |
| `goods.furniture` | Meubles | objets | gift, swap | Q14745 |
| `goods.hygiene` | Hygiène, bébé | collectes solidaires | gift | |
| `knowledge.skills` | Savoir-faire, atelier | partage de savoir-faire | service | |
| `knowledge.advice` | Conseil | transmission de conseils | service | |
| `knowledge.tutoring` | Aide aux devoirs | coopération entre générations | service | |
| `collective.garden` | Jardin partagé | jardins partagés | together | |
| `collective.ecology` | Initiative écologique | initiatives écologiques | together | |
| `collective.repair` | Atelier de réparation | repair cafés | together | |
| `collective.drive` | Collecte solidaire | collectes solidaires | together, gift | |
| `collective.meal` | Repas partagé | repas partagés | together | |
| `collective.meeting` | Rencontre, fête, dialogue | événements favorisant la rencontre | together | |
| `collective.project` | Projet de quartier | projets collectifs | together | |
| `collective.exchange-group` | Groupe d'échange | groupes de messagerie | together | |
| `support.volunteers` | Bénévoles recherchés | mobilisation volontaire | together | |
| `support.resources` | Moyens d'une collectivité ou d'un commerce | ressources matérielles | use, gift | |
| `support.funding` | Financement | financements | fund | |
| `support.mediation` | Médiation | résoudre des conflits | service | |
| `support.guidance` | Orientation, accompagnement social | travailleurs sociaux, cadre légal | service | |
| `crisis.shelter` | Hébergement d'urgence | catastrophe | use | |
| `crisis.water` | Eau potable | catastrophe | gift | Q7892 |
| `crisis.power` | Électricité, recharge | catastrophe | use | |
| `crisis.cool-warm` | Lieu frais ou chauffé | canicule, grand froid | use | |
| `crisis.check-in` | Prise de nouvelles | personnes isolées | service | |
| `crisis.evacuation` | Transport d'évacuation | catastrophe | service | |
| `crisis.cleanup` | Nettoyage, déblaiement | catastrophe | together | |
| `crisis.medicine-run` | Aller chercher des médicaments | pandémie | service | Q12140 |
| `crisis.info` | Information vérifiée | réponse rapide | service | |
| `other.other` | Autre | | any | |
"""  # noqa: E501 - one row, one line

UNIT_WORDS = {"kg": "kilogram"}


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head; back quotes are left out."""
    lines = [line for line in table.strip().splitlines()[2:] if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]


def typed(text: str) -> str:
    """As on a typewriter: the table was typed so."""
    return text.replace("’", "'")


@pytest.mark.parametrize("row", rows(MODE_TABLE), ids=lambda row: row[0])
def test_a_mode_is_as_the_table_has_it(row: list[str]) -> None:
    """Slug, French name, the two ValueFlows actions, and the units that make sense."""
    slug, french, primary, reciprocal, units = row
    mode = MODES[slug]
    assert mode.fr == french
    assert mode.action == primary.split(",")[0].split(" ")[0]
    assert mode.reciprocal == (
        None if reciprocal == "–" else reciprocal.split(",")[0].split(" ")[0]
    )
    assert list(mode.units) == [UNIT_WORDS.get(unit, unit) for unit in units.split(", ")]


@pytest.mark.parametrize("row", rows(TOPIC_TABLE), ids=lambda row: row[0])
def test_a_topic_is_as_the_table_has_it(row: list[str]) -> None:
    """Slug, French name, the phrase of the article that it answers, usual modes, Wikidata."""
    slug, french, answers, modes, wikidata = row
    topic = TOPICS[slug]
    assert typed(topic.fr) == french
    assert typed(topic.answers) == answers
    assert set(topic.modes) == (set(MODES) if modes == "any" else set(modes.split(", ")))
    assert modes == "any" or topic.modes == tuple(modes.split(", "))
    assert topic.wikidata == wikidata


def test_there_is_nothing_but_the_table() -> None:
    """No topic and no mode more than the table has, and in its order."""
    assert list(TOPICS) == [row[0] for row in rows(TOPIC_TABLE)]
    assert list(MODES) == [row[0] for row in rows(MODE_TABLE)]
    assert list(GROUPS) == list(dict.fromkeys(topic.group for topic in TOPICS.values()))
    assert set(UNITS) == {unit for mode in MODES.values() for unit in mode.units}


def test_every_word_is_there_in_english_too() -> None:
    """Names of topics, groups, modes and units, in both languages."""
    named: list[Topic | Mode | Name] = [*TOPICS.values(), *MODES.values()]
    for one in (*named, *GROUPS.values(), *UNITS.values()):
        assert one.label("fr") == one.fr
        assert one.label("en") == one.en != ""


def test_every_topic_is_complete() -> None:
    """Each topic has labels in both languages, usual modes that exist, and hashtags."""
    assert len(TOPICS) == 51
    for slug, one in TOPICS.items():
        assert one.slug == slug
        assert one.group
        assert one.fr
        assert one.en
        assert one.modes
        assert set(one.modes) <= set(MODES)
        assert one.hashtag_fr.isalnum()
        assert one.hashtag_en.isalnum()
        assert one.wikidata == "" or one.wikidata[1:].isdigit()


def test_french_typography_is_kept_in_labels() -> None:
    """Labels are for people: no typewriter apostrophe stands in them."""
    texts = [t for one in TOPICS.values() for t in (one.fr, one.en, one.answers)]
    assert not [text for text in texts if "'" in text]


def test_hashtags_name_one_topic_each() -> None:
    """A hashtag typed by somebody, in any case and without accents, means one topic."""
    for one in TOPICS.values():
        for tag in (one.hashtag_fr, one.hashtag_en):
            found = topic_from_hashtag("#" + fold(tag).upper())
            assert found is one, tag


@pytest.mark.parametrize("slug", ["care.groceries", "collective.exchange-group", "crisis.check-in"])
def test_iri_and_slug_are_two_names_of_a_topic(slug: str) -> None:
    """A topic is found by its slug and by its IRI, the same on every node."""
    found = topic(slug)
    assert found is not None
    assert found.iri == f"https://w3id.org/entraide/topic/{slug}"
    assert topic_from_iri(found.iri) is found


def test_a_wikidata_item_means_its_topic() -> None:
    """Other marketplaces name things by Wikidata, as FEP-0837 does in its examples."""
    found = topic_from_iri("https://www.wikidata.org/wiki/Q11442")
    assert found is not None
    assert found.slug == "lending.bicycle"
    assert topic_from_iri("https://example.org/Q11442") is None


def test_unknown_topics_are_none() -> None:
    """What we do not know is not guessed."""
    assert topic("care.nothing") is None
    assert topic_from_iri("https://w3id.org/entraide/topic/care.nothing") is None
    assert topic_from_hashtag("caturday") is None


def test_actions_and_topic_give_the_mode_back() -> None:
    """Gift and fund share their actions: the topic's usual modes decide."""
    for one in TOPICS.values():
        usual = MODES[one.usual_mode]
        assert mode_from_actions(usual.action, usual.reciprocal, one) is usual
    assert mode_from_actions("transfer", "transfer", OTHER) is MODES["swap"]
    assert mode_from_actions("transfer", None, TOPICS["care.groceries"]) is MODES["gift"]
    assert mode_from_actions("melt", None, OTHER) is None


def test_the_skos_document_loses_nothing_in_json_ld() -> None:
    """A strict JSON-LD processor finds a meaning for every word of it."""
    assert check_safe(skos.document()) == []


def test_the_skos_document_says_the_table() -> None:
    """Each concept has its names, its notation, its group above it and its match."""
    graph = {one["id"]: one for one in skos.document()["@graph"]}
    assert len(graph) == 1 + len(GROUPS) + len(TOPICS) + 1 + len(MODES)
    bicycle = graph["https://w3id.org/entraide/topic/lending.bicycle"]
    assert bicycle["prefLabel"] == {"fr": "Prêt de vélo", "en": "Lending a bicycle"}
    assert bicycle["notation"] == "lending.bicycle"
    assert bicycle["closeMatch"] == "http://www.wikidata.org/entity/Q11442"
    assert bicycle["inScheme"] == "https://w3id.org/entraide/topic"
    above = graph[bicycle["broader"]]
    assert above["topConceptOf"] == bicycle["inScheme"]
    assert bicycle["id"] in above["narrower"]
    assert above["id"] in graph[above["topConceptOf"]]["hasTopConcept"]
    assert graph[bicycle["related"][0]]["prefLabel"]["fr"] == "Prêt"
    assert "closeMatch" not in graph["https://w3id.org/entraide/topic/care.visit"]
