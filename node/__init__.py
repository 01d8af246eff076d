"""Entraide: a small ActivityPub node that each neighbourhood runs for itself."""

__version__ = "0.1.0"
