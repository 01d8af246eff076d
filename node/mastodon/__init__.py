"""Mastodon's client API: what an unmodified app asks, answered as Mastodon 4.5 documents it."""
