"""Templates, one environment for each language, since their words are bound when they are read."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from node.config import Settings
from node.web.site import statics
from node.web.site.languages import FRENCH, Language, fine, known, language

_LINES = re.compile(r"\n{2,}")


class Renderer:
    """The pages' templates. They see ``_``/``gettext`` and ``ngettext`` (blocks ``trans``),
    ``static(name)``, and the filters below."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        offered = [code for code in known() if code in settings.node.languages]
        self.offered = tuple(offered) or (FRENCH,)
        self._environments = {code: self._made(language(code)) for code in known()}

    def _made(self, words: Language) -> Environment:
        environment = Environment(
            loader=PackageLoader("node.web"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )

        def ngettext(one: str, many: str, n: int) -> str:
            forms = words.plurals.get(one)
            if forms:
                return forms[min(words.form_of(n), len(forms) - 1)]
            return fine(one if abs(n) < 2 else many)

        environment.install_gettext_callables(  # type: ignore[attr-defined]
            words.said, ngettext, newstyle=True
        )
        environment.policies["ext.i18n.trimmed"] = True
        zone = self._settings.node.time_zone
        environment.globals.update(
            static=statics.address,
            quartier=self._settings.node.name,
            domain=self._settings.node.domain,
            base_url=self._settings.base_url,
            conformity=self._settings.accessibility.conformity,
            language=words,
            languages=[language(code) for code in self.offered],
        )
        environment.filters.update(
            date=lambda at: words.date(at, zone),
            day=lambda at: words.day(at, zone),
            time=lambda at: words.time(at, zone),
            moment=lambda at: words.moment(at, zone),
            span=words.span,
            distance=words.distance,
            number=words.number,
            paragraphs=paragraphs,
            explained=words.explain,
        )
        return environment

    def render(self, words: Language, template: str, **values: Any) -> str:
        found = self._environments[words.code].get_template(template)
        return found.render(**values)


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: an empty line begins a paragraph, a line's end stays one."""
    parts = [part.strip() for part in _LINES.split(text) if part.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in part.split("\n")))
        for part in parts
    )
