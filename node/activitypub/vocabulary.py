"""The terms that this project sends and reads, and the context that says what they mean.

``OUR_CONTEXT`` goes out with every document. What is not in ActivityStreams 2.0 or in the
data integrity context is defined by one inline object, so that a peer who processes JSON-LD
drops nothing, and one who reads keys as plain strings sees the keys that it knows.

ValueFlows terms are plain, without type coercion, exactly as FEP-0837 defines them: the values
of ``action``, ``purpose`` and ``hasUnit`` are strings such as ``transfer``, ``offer``, ``one``.
"""

from __future__ import annotations

from typing import Final

AS2: Final = "https://www.w3.org/ns/activitystreams"
PUBLIC: Final = AS2 + "#Public"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
VF: Final = "https://w3id.org/valueflows/ont/vf#"
OM2: Final = "http://www.ontology-of-units-of-measure.org/resource/om-2/"
SCHEMA: Final = "http://schema.org/"
ENTRAIDE: Final = "https://w3id.org/entraide#"
TOPIC: Final = "https://w3id.org/entraide/topic/"
"""Concepts of help: ``TOPIC + "care.groceries"``."""

INLINE_CONTEXT: Final[dict[str, str | dict[str, str]]] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": SCHEMA,
    "sec": "https://w3id.org/security#",
    "vf": VF,
    "om2": OM2,
    "litepub": "http://litepub.social/ns#",
    "misskey": "https://misskey-hub.net/ns#",
    "fedibird": "http://fedibird.com/ns#",
    "gts": "https://gotosocial.org/ns#",
    "entraide": ENTRAIDE,
    # In use everywhere, never entered in the ActivityStreams context
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    # Mastodon
    "Emoji": "toot:Emoji",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "suspended": "toot:suspended",
    "memorial": "toot:memorial",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "votersCount": "toot:votersCount",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    # Keys: security v1 for RSA, FEP-521a for Ed25519
    "publicKey": {"@id": "sec:publicKey", "@type": "@id"},
    "publicKeyPem": "sec:publicKeyPem",
    "owner": {"@id": "sec:owner", "@type": "@id"},
    "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id", "@container": "@set"},
    "Multikey": "sec:Multikey",
    "controller": {"@id": "sec:controller", "@type": "@id"},
    "publicKeyMultibase": {"@id": "sec:publicKeyMultibase", "@type": "sec:multibase"},
    # Quotes: FEP-044f and its three predecessors
    "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
    "quoteUrl": {"@id": "as:quoteUrl", "@type": "@id"},
    "quoteUri": {"@id": "fedibird:quoteUri", "@type": "@id"},
    "_misskey_quote": {"@id": "misskey:_misskey_quote", "@type": "@id"},
    "quoteAuthorization": {
        "@id": "https://w3id.org/fep/044f#quoteAuthorization",
        "@type": "@id",
    },
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
    "_misskey_reaction": "misskey:_misskey_reaction",
    "EmojiReact": "litepub:EmojiReact",
    # Consent and discovery: FEP-268d, FEP-2c59, FEP-844e
    "searchableBy": {"@id": "fedibird:searchableBy", "@type": "@id"},
    "webfinger": {
        "@id": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "@type": "xsd:string",
    },
    "implements": {
        "@id": "https://w3id.org/fep/844e/implements",
        "@type": "@id",
        "@container": "@list",
    },
    # FEP-0837 and ValueFlows
    "Proposal": "vf:Proposal",
    "Intent": "vf:Intent",
    "Agreement": "vf:Agreement",
    "Commitment": "vf:Commitment",
    "purpose": "vf:purpose",
    "publishes": "vf:publishes",
    "reciprocal": "vf:reciprocal",
    "unitBased": "vf:unitBased",
    "action": "vf:action",
    "resourceConformsTo": "vf:resourceConformsTo",
    "resourceQuantity": "vf:resourceQuantity",
    "availableQuantity": "vf:availableQuantity",
    "minimumQuantity": "vf:minimumQuantity",
    "provider": "vf:provider",
    "receiver": "vf:receiver",
    "due": "vf:due",
    "hasBeginning": "vf:hasBeginning",
    "hasEnd": "vf:hasEnd",
    "finished": "vf:finished",
    "inScopeOf": "vf:inScopeOf",
    "basedOn": "vf:basedOn",
    "clauses": "vf:clauses",
    "stipulates": "vf:stipulates",
    "stipulatesReciprocal": "vf:stipulatesReciprocal",
    "satisfies": "vf:satisfies",
    "hasUnit": "om2:hasUnit",
    "hasNumericalValue": "om2:hasNumericalValue",
    "areaServed": "schema:areaServed",
    "inLanguage": "schema:inLanguage",
    # What no vocabulary has
    "urgency": "entraide:urgency",
    "state": "entraide:state",
    "confirmedBy": {"@id": "entraide:confirmedBy", "@type": "@id", "@container": "@set"},
    "answerable": "entraide:answerable",
    "reach": "entraide:reach",
    "territory": {"@id": "entraide:territory", "@container": "@set"},
    "neighbours": {"@id": "entraide:neighbours", "@type": "@id"},
    "takes": "entraide:takes",
    "leastUrgency": "entraide:leastUrgency",
    "perHour": "entraide:perHour",
    "referral": "entraide:referral",
}

OUR_CONTEXT: Final[list[str | dict[str, str | dict[str, str]]]] = [
    AS2,
    DATA_INTEGRITY,
    INLINE_CONTEXT,
]

COMPACT_NAMES: Final = frozenset({"schema:GeoCircle", "schema:geoRadius"})
"""Names that are written as prefix and suffix on the wire, by us too."""

NAMED_VALUES: Final = frozenset({"action", "purpose", "hasUnit"})
"""Terms whose values are names out of ``vf`` or ``om2`` where a peer spells them as IRIs."""

_ALIASES: Final = {
    AS2 + "#EmojiReact": "http://litepub.social/ns#EmojiReact",
    AS2 + "#Emoji": "http://joinmastodon.org/ns#Emoji",
    "https://w3id.org/fep/7628#movedTo": AS2 + "#movedTo",
    "https://w3id.org/fep/844e#implements": "https://w3id.org/fep/844e/implements",
    SCHEMA + "location": AS2 + "#location",  # Mobilizon's, with an ActivityStreams Place in it
    # WordPress
    "https://webfinger.net/#": "https://purl.archive.org/socialweb/webfinger#webfinger",
}

_NAMESPACES: Final = (
    ("http://schema.org#", SCHEMA),  # Mastodon's spelling
    ("https://schema.org/", SCHEMA),
    ("https://schema.org#", SCHEMA),
    ("https://joinmastodon.org/ns#", "http://joinmastodon.org/ns#"),
    ("https://litepub.social/ns#", "http://litepub.social/ns#"),
    ("https://misskey-hub.net/ns/#", "https://misskey-hub.net/ns#"),  # FEP-044f's spelling
    ("http://www.w3.org/ns/activitystreams#", AS2 + "#"),
)
_VF_OLD: Final = "https://w3id.org/valueflows/"


def same_meaning(iri: str) -> str:
    """The one IRI for what peers write with several: schema.org's four forms, the older
    ValueFlows namespace, Misskey's that follows the host name."""
    for theirs, ours in _NAMESPACES:
        if iri.startswith(theirs):
            iri = ours + iri[len(theirs) :]
            break
    if iri in _ALIASES:
        return _ALIASES[iri]
    if iri.startswith(_VF_OLD) and not iri.startswith(_VF_OLD + "ont/"):
        return VF + iri[len(_VF_OLD) :]
    head, mark, name = iri.rpartition("#")
    if mark and name.startswith("_misskey_") and head.endswith("/ns"):
        return "https://misskey-hub.net/ns#" + name
    return iri
