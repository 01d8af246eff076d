"""The words of the pages: what there is to say, and what no catalogue has.

python -m tests.pages.words          # what has no English, by file
python -m tests.pages.words de       # … no German
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[2] / "node" / "web"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {
    "**.html": {
        "trimmed": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
    }
}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
    "later": None,
    "count": (1, 2),
    "go": (2,),
}


@dataclass(frozen=True, slots=True)
class Said:
    where: str
    """``templates/base.html:12``"""
    text: str
    """French; the singular where there are two."""
    plural: str | None


def said() -> Iterator[Said]:
    """Every text of the code and the templates."""
    keywords = {name: spec for name, spec in KEYWORDS.items() if name != "go"}
    for path, line, message, _, _ in extract_from_dir(
        WEB, METHODS, OPTIONS, keywords=keywords, directory_filter=lambda _: True
    ):
        if isinstance(message, tuple):
            if message[0]:
                yield Said(f"{path}:{line}", message[0], message[1])
        elif message:
            yield Said(f"{path}:{line}", message, None)


def catalogue(code: str) -> dict[str, list[tuple[str, Message]]]:
    """French text → (file, entry), of one language."""
    found: dict[str, list[tuple[str, Message]]] = {}
    for file in sorted((WEB / "languages" / code).glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes()), locale=Locale.parse(code)):
            if message.id:
                text = message.id[0] if isinstance(message.id, list | tuple) else message.id
                found.setdefault(text, []).append((file.name, message))
    return found


def missing(code: str) -> list[Said]:
    entries = catalogue(code)
    return [one for one in said() if not _is_translated(one, entries.get(one.text, []))]


def _is_translated(one: Said, entries: list[tuple[str, Message]]) -> bool:
    for _, message in entries:
        whole = all(message.string) if isinstance(message.string, list | tuple) else message.string
        if (
            whole
            and not message.fuzzy
            and (one.plural is None or isinstance(message.id, tuple | list))
        ):
            return True
    return False


if __name__ == "__main__":
    code = sys.argv[1] if len(sys.argv) > 1 else "en"
    lacking = missing(code)
    for one in lacking:
        print(f"{one.where}: {one.text!r}" + (f" / {one.plural!r}" if one.plural else ""))
    print(f"{len(lacking)} without {code}", file=sys.stderr)
    sys.exit(1 if lacking else 0)
