"""What people write to a quartier in their own ways, understood or left to be asked back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.aid.posts import (
    asks,
    purpose_said,
    read_post,
    short_list,
    tongue_of,
    topic_said,
    urgency_said,
)
from node.aid.proposals import Purpose, Urgency
from node.aid.topics import TOPICS
from node.aid.words import (
    Word,
    hashtags_in,
    language_of,
    plain,
    quantity_in,
    understand,
    without_hashtags,
)

Y, N, D, W, R, S, M, H = Word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("oui", {Y}),
        ("OUI !!!", {Y}),
        ("Ouiiii", {Y}),
        ("Bonjour, oui volontiers", {Y}),
        ("d’accord", {Y}),
        ("D'ACCORD, merci", {Y}),
        ("bien sur", {Y}),
        ("👍🏽", {Y}),
        ("Yes please!", {Y}),
        ("ok", {Y}),
        ("non", {N}),
        ("Non merci", {N}),
        ("No, thank you", {N}),
        ("Désolée, je ne peux pas", {N}),
        ("I can’t", {N}),
        ("fait", {D}),
        ("C’est fait, merci Amina !", {D}),
        ("Ça y est", {D}),
        ("oui, c’est fait", {D}),
        ("Oui. C’est fait.", {D}),
        ("Oui ! Terminé.", {Y, D}),
        ("It's done, lovely to meet you", {D}),
        ("pas encore", {W}),
        ("pas fait", {W}),
        ("not yet", {W}),
        ("Encore", {R}),
        ("toujours d’actualité", {R}),
        ("renew", {R}),
        ("STOP", {S}),
        ("stop svp", {S}),
        ("J'annule", {S}),
        ("je ne peux plus venir demain", {S}),
        ("never mind", {S}),
        ("Médiation", {M}),
        ("there is a problem", {M}),
        ("aide", {H}),
        ("?", {H}),
        ("oui et non", {Y, N}),
        # no commands: sentences that merely have the words in them
        ("Je viens samedi, c’est fait pour moi", set()),
        ("Il reste encore du pain", set()),
        ("La fête est finie", set()),
        ("Tu as dit oui ?", set()),
        ("merci beaucoup", set()),
        ("", set()),
    ],
)
def test_a_word_counts_when_it_is_what_the_message_says(text: str, words: set[Word]) -> None:
    """Accents, capitals, marks, greetings and hands do not matter; a mere occurrence does."""
    assert understand(text).words == words


@pytest.mark.parametrize(
    ("text", "choices", "meant"),
    [
        ("oui", {Y, N}, Y),
        ("oui et non", {Y, N}, None),
        ("Oui. Non.", {Y, N, S}, None),
        ("oui, stop", {Y, N, S}, S),
        ("Non. Stop.", {Y, N, S}, S),
        ("Oui ! Terminé.", {Y, D}, D),
        ("encore", {Y, N}, None),
        ("je ne sais pas", {Y, N}, None),
    ],
)
def test_what_could_be_two_things_is_none(
    text: str, choices: set[Word], meant: Word | None
) -> None:
    """So that it is asked back; « oui » beside another word only underlines it."""
    assert understand(text).among(choices) == meant


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Fait. Merci beaucoup Amina !", "Merci beaucoup Amina !"),
        ("Non merci, c’est trop loin", "c’est trop loin"),
        ("fait", ""),
        ("done!", ""),
        ("Je viens samedi", ""),
    ],
)
def test_what_is_said_with_it_is_passed_on(text: str, rest: str) -> None:
    assert understand(text).rest == rest


def test_thanks_are_thanks() -> None:
    """« Merci beaucoup ! » asks for no answer; with something to say it does."""
    assert understand("Merci beaucoup !").is_thanks
    assert understand("Super, merci").is_thanks
    assert not understand("Merci, oui").is_thanks
    assert not understand("Bonjour").is_thanks
    assert not understand("").is_thanks


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("Nous serons deux", "2"),
        ("je prends 2 places", "2"),
        ("2,5 kg s’il vous plaît", "2.5"),
        ("I'll take two", "2"),
        ("three of us", "3"),
        ("3", "3"),
        ("plutôt deux", "2"),
        ("x4", "4"),
        # these count something else, or could be one of two
        ("à 18 h", None),
        ("Je viens à 18h30", None),
        ("mardi 24", None),
        ("pour 14 h", None),
        ("3 rue de la Soie", None),
        ("J’en prends un", None),
        ("2 adultes et 3 enfants", None),
        ("0", None),
        ("Je viens", None),
    ],
)
def test_how_many(text: str, many: str | None) -> None:
    assert quantity_in(text) == many


def test_a_note_is_read_without_its_markup_and_mentions() -> None:
    """As Mastodon writes them: the @ and the name in elements of their own."""
    head = (
        '<span class="h-card" translate="no"><a href="https://n.example/@q" class="u-url mention">'
        "@<span>quartier</span></a></span>"
    )
    tag = '<a href="https://m.example/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a>'
    assert plain(f"<p>{head} Oui,<br>merci {tag}</p>") == "Oui,\nmerci #x"
    assert plain(f"<p>{head}</p>") == ""
    assert plain("<p>@zoe@m.example:8080 , non</p>") == "non"
    assert plain("<p>écrire à a@b.example</p>") == "écrire à a@b.example"


@pytest.mark.parametrize(
    ("told", "text", "fallback", "language"),
    [
        (["fr"], "yes", "en", "fr"),
        (["en-GB"], "oui", "fr", "en"),
        (["und"], "Je peux venir samedi", "en", "fr"),
        ([], "I can come on Saturday", "fr", "en"),
        (["es"], "Puedo ir", "en", "en"),
        ([], "ok", "fr", "fr"),
        ([], "done", "fr", "en"),
        ([], "", "de", "fr"),
    ],
)
def test_the_language(told: list[str], text: str, fallback: str, language: str) -> None:
    """As the note tells, else as it sounds, else as what it answers."""
    assert language_of(told, text, fallback) == language


# ── posts ────────────────────────────────────────────────────────────────────────────────────


def test_a_post_is_read_from_its_words_and_hashtags() -> None:
    """Hashtags at the ends go, within a sentence only the sign; the first sentence is the title."""
    text = "#demande Qui va aux #courses samedi ? Je ne peux pas porter. #urgent"
    post = read_post(text, hashtags_in(text))
    assert (post.purpose, post.topic, post.urgency) == (
        Purpose.REQUEST,
        "care.groceries",
        Urgency.HIGH,
    )
    assert (post.title, post.text) == ("Qui va aux courses samedi ?", "Je ne peux pas porter.")


@pytest.mark.parametrize(
    ("tags", "purpose", "topic", "urgency"),
    [
        (["offer", "tools"], Purpose.OFFER, "lending.tools", None),
        (["Offre", "Outil"], Purpose.OFFER, "lending.tools", None),
        (["demande", "électroménager"], Purpose.REQUEST, "lending.appliances", None),
        (["request", "groceries", "noRush"], Purpose.REQUEST, "care.groceries", Urgency.LOW),
        (["demande", "TrèsUrgent"], Purpose.REQUEST, None, Urgency.CRITICAL),
        (["prêt", "outils", "offre"], Purpose.OFFER, "lending.tools", None),
        (["offre", "demande"], None, None, None),
        (["offre", "livres", "vélo"], Purpose.OFFER, None, None),
        (["lyon"], None, None, None),
    ],
)
def test_hashtags_in_both_languages(
    tags: list[str], purpose: Purpose | None, topic: str | None, urgency: Urgency | None
) -> None:
    post = read_post("Quelque chose", tags)
    assert (post.purpose, post.topic, post.urgency) == (purpose, topic, urgency)


def test_only_these_hashtags_ask_for_something() -> None:
    assert asks(["demande"])
    assert asks(["Offer"])
    assert not asks(["jardin", "lyon"])


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("courses", "care.groceries"),
        ("Les courses !", "care.groceries"),
        ("#bricolage", "services.diy"),
        ("c’est pour du bricolage", "services.diy"),
        ("Aide aux courses", "care.groceries"),
        ("Démarches administratives", "services.paperwork"),
        ("other", "other.other"),
        ("autre chose", "other.other"),
        ("outils ou livres", None),
        ("je ne comprends pas", None),
    ],
)
def test_the_answer_to_what_is_it_about(text: str, topic: str | None) -> None:
    assert topic_said(text) == topic


def test_other_answers() -> None:
    assert purpose_said("une offre") is Purpose.OFFER
    assert purpose_said("J’ai besoin d’aide") is Purpose.REQUEST
    assert purpose_said("I am looking for a drill") is Purpose.REQUEST
    assert purpose_said("offre ou demande ?") is None
    assert urgency_said("très urgent") is Urgency.CRITICAL
    assert urgency_said("pas urgent") is Urgency.LOW
    assert urgency_said("bof") is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_word_that_a_question_offers_is_understood(language: str) -> None:
    for word, topic in short_list(language, hidden=()).items():
        assert topic_said(word) == topic
    assert len(short_list(language, hidden=TOPICS)) == 0


def test_a_long_first_sentence_is_cut_and_kept() -> None:
    text = "Je cherche " + "quelqu’un de gentil " * 20
    post = read_post(text, ["demande"])
    assert len(post.title) <= 121
    assert post.title.endswith("…")
    assert post.text == text.strip()


def test_hashtags_within_a_sentence_stay_words() -> None:
    assert without_hashtags("#offre Ma #perceuse est là #outils") == "Ma perceuse est là"
    assert without_hashtags("#offre #outils") == ""


@given(st.text(max_size=400))
def test_whatever_is_written_is_read_without_harm(text: str) -> None:
    """Anything at all: words or none, never an error."""
    said = understand(plain(text))
    assert said.among(set(Word)) in {None, *Word}
    quantity_in(text)
    post = read_post(text, hashtags_in(text))
    assert len(post.title) <= 125
    topic_said(text)
    assert language_of([], text, "fr") in ("fr", "en")


@pytest.mark.parametrize(
    ("tags", "said", "expected"),
    [
        (["demande", "outils"], "en", "fr"),
        (["Offre"], "en-GB", "fr"),
        (["demande"], "fr-CA", "fr-CA"),
        (["request"], "fr", "en"),
        (["demande"], "ar", "ar"),
        (["demande", "request"], "en", "en"),
        (["voisins"], "en", "en"),
    ],
)
def test_the_hashtag_says_the_language_better_than_the_app(
    tags: list[str], said: str, expected: str
) -> None:
    assert tongue_of(tags, said) == expected
