"""What people of ours write with an app: published, changed, deleted; made a proposal of where they
ask for that, and an answer where they write to somebody who asked."""

from node.actions.posts.changing import Described, delete_post, edit_post, take_away
from node.actions.posts.letters import write_to
from node.actions.posts.making import publish_post
from node.actions.posts.once import Made, post_once
from node.actions.posts.sources import source_of

__all__ = [
    "Described",
    "Made",
    "delete_post",
    "edit_post",
    "post_once",
    "publish_post",
    "source_of",
    "take_away",
    "write_to",
]
