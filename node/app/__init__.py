"""The composition root: builds every part once and joins them. Nothing is opened at import."""

from node.app.opening import Node, opened
from node.app.program import ROLES, Root, Running, running, serve

__all__ = ["ROLES", "Node", "Root", "Running", "opened", "running", "serve"]
