"""A proposal as an ActivityStreams Note with ValueFlows properties (FEP-0837), both directions.

What the Note says beyond the obvious:

- ``areaServed`` is the reach: absent for `adjacent`, a GeoCircle of so many metres for `wide`,
  of 0 metres for `quartier` (nothing beyond home may show it).
- ``publishes.finished`` says that it is over; ``availableQuantity`` what is left. Nothing left
  and not finished is `matched`, and is what a paused or referred proposal says, too: it is not
  to be shown for now. A referred one names in ``referral`` the Group to which it was handed over,
  and what is left for the people there. Expiry needs no word: ``endTime`` is there from the
  beginning.
- ``publishes.hasBeginning`` and ``hasEnd`` say when it takes place, or is to be had.
- ``inLanguage`` lists the languages that can be spoken, the text's own first; ``contentMap`` says
  which that is.
- A mode is read from the two actions and the topic (`topics.mode_from_actions`).
"""

from __future__ import annotations

from node.aid.wire.reading import ReadProposal, from_note
from node.aid.wire.writing import Author, Home, Image, hashtag_slug, hashtags, to_note

__all__ = [
    "Author",
    "Home",
    "Image",
    "ReadProposal",
    "from_note",
    "hashtag_slug",
    "hashtags",
    "to_note",
]
