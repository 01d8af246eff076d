"""People with an account elsewhere, on Mastodon for one, take part by writing to us.

`hearing` sees to whom a note is written and what it is; `answering` is an answer to a proposal,
`posting` something to be published, `replying` the next word of a conversation. What we write back
are the letters of `aid.letters`, by `telling`.
"""

from node.actions.conversation.hearing import deleted, edited, hear, left

__all__ = ["deleted", "edited", "hear", "left"]
