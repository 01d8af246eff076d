"""The OpenAPI 3.1 document of the interface, out of the declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from node import __version__
from node.api.endpoint import Endpoint, Nothing, Problem

Document = dict[str, Any]

TEXTS: Final = {
    400: "The request cannot be read.",
    401: "A token is missing, or is not valid any more.",
    403: "The token, or its owner, may not do that.",
    404: "There is nothing there, or nothing that you may see.",
    409: "Not at this moment: the text says what to do.",
    410: "It was deleted.",
    413: "The body is too large.",
    415: "The body is of a type that is not read here.",
    422: "Something does not fit: the text says what, and what would.",
    429: "Too many requests: `Retry-After` says when to come back.",
    500: "A mistake of ours.",
    502: "Another server did not give what was needed.",
    503: "Not now: `Retry-After` says when to come back.",
}
_PLACEHOLDER: Final = re.compile(r"{([a-z_]+)(?::[^}]*)?}")


def document(endpoints: Sequence[Endpoint], base_url: str) -> Document:
    """The whole description; ``base_url`` has no slash at its end."""
    types = list(_types(endpoints))
    schemas, components = msgspec.json.schema_components(
        [*types, Problem], ref_template="#/components/schemas/{name}"
    )
    known = dict(zip(map(_key, types), schemas, strict=False))
    paths: dict[str, Document] = {}
    for endpoint in endpoints:
        where = paths.setdefault(template_of(endpoint), {})
        where[endpoint.method.lower()] = _operation(endpoint, known, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Entraide",
            "version": __version__,
            "summary": "Offers and requests of mutual aid of one quartier and its neighbours.",
            "license": {
                "name": "AGPL-3.0-or-later",
                "identifier": "AGPL-3.0-or-later",
            },
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of an account; `entraide token NAME` makes one.",
                }
            },
        },
    }


def template_of(endpoint: Endpoint) -> str:
    """Its address as the document writes it: ``/api/aid/v1/proposals/{id}``."""
    return _PLACEHOLDER.sub(r"{\1}", endpoint.address)


def _types(endpoints: Iterable[Endpoint]) -> Iterable[Any]:
    for endpoint in endpoints:
        if endpoint.answer is not None:
            yield endpoint.answer
        if endpoint.body is not None:
            yield endpoint.body
        if endpoint.query is not Nothing:
            yield endpoint.query


def _key(type_: Any) -> str:
    return repr(type_)


def _operation(endpoint: Endpoint, known: dict[str, Any], components: Document) -> Document:
    operation: Document = {
        "operationId": f"{endpoint.tag}_{endpoint.handler.__name__}",
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint, components)],
        "responses": _responses(endpoint, known),
    }
    if endpoint.scope is not None:
        needed = f"Scope `{endpoint.scope}`"
        needed += f", role {endpoint.role}." if endpoint.role else "."
        operation["description"] = needed
        operation["security"] = [{"token": []}]
    else:
        operation["security"] = [{}, {"token": []}]
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {
                media_type: {"schema": known[_key(endpoint.body)]}
                for media_type in endpoint.accepts
            },
        }
    return operation


def _path_parameters(endpoint: Endpoint) -> list[Document]:
    found = []
    for name in _PLACEHOLDER.findall(endpoint.address):
        schema: Document = {"type": "string", "minLength": 1}
        if name == "id" or name.endswith("_id"):
            schema = {"type": "string", "pattern": "^[0-9]{1,19}$"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _query_parameters(endpoint: Endpoint, components: Document) -> list[Document]:
    if endpoint.query is Nothing:
        return []
    described = components[endpoint.query.__name__]
    required = described.get("required", [])
    found = []
    for name, schema in described.get("properties", {}).items():
        parameter: Document = {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _not_null(schema),
        }
        if "description" in schema:
            parameter["description"] = schema["description"]
        found.append(parameter)
    return found


def _not_null(schema: Document) -> Document:
    """A query has no null: what may be left out is left out."""
    kinds = schema.get("anyOf")
    if kinds is None:
        return {name: value for name, value in schema.items() if value is not None}
    left = [kind for kind in kinds if kind != {"type": "null"}]
    rest = {k: v for k, v in schema.items() if k not in ("anyOf", "default")}
    return {**left[0], **rest} if len(left) == 1 else {"anyOf": left, **rest}


def _responses(endpoint: Endpoint, known: dict[str, Any]) -> Document:
    codes = {400, 429, 503, *endpoint.errors}
    if endpoint.scope is not None:
        codes |= {401, 403}
    else:
        codes |= {401}
    if endpoint.query is not Nothing or endpoint.body is not None:
        codes |= {422}
    if endpoint.body is not None:
        codes |= {413, 415}
    if endpoint.address.count("{"):
        codes |= {404}
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: Document = {
        str(code): {"description": TEXTS[code], "content": problem} for code in sorted(codes)
    }
    if endpoint.max_age is not None:
        responses["304"] = {"description": "You have it already: If-None-Match names it."}
    responses[str(endpoint.status) if endpoint.answer is not None else "204"] = _success(
        endpoint, known
    )
    return dict(sorted(responses.items()))


def _success(endpoint: Endpoint, known: dict[str, Any]) -> Document:
    if endpoint.answer is None:
        return {"description": "Done."}
    if endpoint.answer is bytes:
        schema: Any = {}
    else:
        schema = known[_key(endpoint.answer)]
    told: Document = {
        "description": "Here it is.",
        "content": {
            # JSON-LD is told by its own context
            media_type: {"schema": {} if media_type == "application/ld+json" else schema}
            for media_type in endpoint.media_types
        },
    }
    if endpoint.paged:
        told["headers"] = {
            "Link": {
                "description": 'The next page, `rel="next"`; none on the last one.',
                "schema": {"type": "string"},
            }
        }
    return told
