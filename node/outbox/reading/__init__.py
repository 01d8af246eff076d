"""What other servers read: actors, their collections, objects, activities, discovery."""

from node.outbox.reading.answers import Reading
from node.outbox.reading.routes import routes

__all__ = ["Reading", "routes"]
