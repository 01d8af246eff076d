"""Which device a browser is on, in words that its owner knows it by."""

from __future__ import annotations

import re
from typing import Final

from node.web.site.visit import Visit

# The first that fits is it: browsers call themselves by the names of those before them, too.
_BROWSERS: Final = (
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Vivaldi", r"Vivaldi/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS: Final = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def device_of(user_agent: str) -> str:
    """``Firefox, Android``; "" for what no name is known of."""
    names = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    return ", ".join(name for name in names if name)


def said(visit: Visit, device: str) -> str:
    """``Firefox sur Android``."""
    browser, comma, system = device.partition(", ")
    if comma:
        return visit.say("%(browser)s sur %(system)s", browser=browser, system=system)
    return browser or visit.say("Un navigateur")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    text = user_agent[:500]
    return next((name for name, pattern in names if re.search(pattern, text)), "")
