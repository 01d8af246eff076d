"""The MediaAttachment entity of what people of ours sent."""

from __future__ import annotations

from node.actions.parts import attachment, kind_of

__all__ = ["attachment", "kind_of"]
