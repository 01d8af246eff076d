"""Streams: what happens, told to open connections (WebSocket and server-sent events).

A commit says a few words (`store.calls`) to every process; each looks once at what they mean for
those who are connected to it (`events`), and writes it to them (`hub`, `line`).
"""
