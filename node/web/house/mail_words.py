"""What a mail server said, in words: what is wrong, and what to do."""

from __future__ import annotations

from node.web.site.visit import Visit


def explained(visit: Visit, code: int | None, text: str) -> str:
    """`code` is SMTP's (RFC 5321), None where there was no answer; `text` what was said."""
    said = text.lower()
    if code in (530, 534, 535, 538):
        return visit.say(
            "Le serveur de courrier ne reconnaît pas le nom ou le mot de passe : vérifiez les deux "
            "à la partie [mail] des réglages."
        )
    if code in (550, 551, 553, 554) and "relay" in said:
        return visit.say(
            "Le serveur de courrier n’accepte pas de lettres de notre part : demandez à votre "
            "hébergeur d’ouvrir l’envoi pour ce site."
        )
    if code in (550, 551, 552, 553, 554):
        return visit.say(
            "Le serveur de courrier refuse l’adresse qui écrit ou celle qui reçoit : vérifiez "
            "qu’elles existent."
        )
    if code is not None and 400 <= code < 500:
        return visit.say("Le serveur de courrier demande d’attendre : réessayez dans une heure.")
    if code:
        return visit.say("Le serveur de courrier refuse la lettre.")
    if "certificate" in said or "ssl" in said or "tls" in said:
        return visit.say(
            "La liaison n’est pas assez sûre : vérifiez le port, la sécurité et le certificat du "
            "serveur de courrier."
        )
    if "timed out" in said or "timeout" in said:
        return visit.say(
            "Le serveur de courrier ne répond pas à temps : vérifiez son nom et le port, ou "
            "réessayez plus tard."
        )
    return visit.say("On n’arrive pas jusqu’au serveur de courrier : vérifiez son nom et le port.")
