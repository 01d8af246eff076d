"""The words of the pages to which mails lead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterWords:
    stop: str
    stop_text: str
    stop_button: str
    stopped: str
    stopped_text: str
    confirm: str
    confirm_text: str
    confirm_button: str
    confirmed: str
    confirmed_text: str
    reset: str
    reset_text: str
    reset_button: str
    password: str
    was_reset: str
    was_reset_text: str
    over: str
    over_text: str


LETTER_WORDS = {
    "fr": LetterWords(
        stop="Ne plus recevoir de courrier",
        stop_text="Vous ne recevrez plus de nouvelles par courrier. Elles restent dans votre "
        "compte, et vous pourrez en redemander à tout moment.",
        stop_button="Ne plus m’écrire",
        stopped="C’est fait",
        stopped_text="Nous ne vous écrirons plus. Vos nouvelles restent dans votre compte ; c’est "
        "là aussi que vous pouvez redemander du courrier.",
        confirm="Votre adresse",
        confirm_text="Confirmez que cette adresse est la vôtre, pour que nous puissions vous "
        "écrire.",
        confirm_button="C’est mon adresse",
        confirmed="Merci",
        confirmed_text="Votre adresse est confirmée.",
        reset="Un nouveau mot de passe",
        reset_text="Choisissez un mot de passe d’au moins 8 caractères. Quelques mots qui vous "
        "reviennent font un bon mot de passe.",
        reset_button="Enregistrer",
        password="Nouveau mot de passe",  # noqa: S106 - a label
        was_reset="C’est fait",
        was_reset_text="Votre nouveau mot de passe est enregistré. Connectez-vous à nouveau.",
        over="Ce lien ne vaut plus",
        over_text="Il a déjà servi, ou son temps est passé. Demandez-en un autre.",
    ),
    "en": LetterWords(
        stop="No more mail",
        stop_text="You will get no more news by mail. They stay in your account, and you can ask "
        "for mail again at any time.",
        stop_button="Do not write to me any more",
        stopped="Done",
        stopped_text="We will not write to you any more. Your news stay in your account; there "
        "you can also ask for mail again.",
        confirm="Your address",
        confirm_text="Please confirm that this address is yours, so that we may write to you.",
        confirm_button="It is my address",
        confirmed="Thank you",
        confirmed_text="Your address is confirmed.",
        reset="A new password",
        reset_text="Choose a password of at least 8 characters. A few words that come to your "
        "mind make a good one.",
        reset_button="Save",
        password="New password",  # noqa: S106 - a label
        was_reset="Done",
        was_reset_text="Your new password is saved. Please sign in again.",
        over="This link is good no more",
        over_text="It was used already, or its time is over. Ask for another one.",
    ),
}
