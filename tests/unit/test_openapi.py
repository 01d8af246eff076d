"""The description of the interface is an OpenAPI 3.1 document, and says all that there is."""

from __future__ import annotations

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from node.api.endpoint import Endpoint
from node.api.openapi import document
from node.api.routes import AREAS

ENDPOINTS = [endpoint for area in AREAS for endpoint in area]


def test_it_is_openapi_3_1() -> None:
    """The specification's own schema finds nothing wrong with it."""
    told = msgspec.json.decode(msgspec.json.encode(document(ENDPOINTS, "https://a.example")))
    assert [str(error) for error in OpenAPIV31SpecValidator(told).iter_errors()] == []


def test_no_two_endpoints_have_one_name() -> None:
    """An operationId names one operation, and a method and address lead to one endpoint."""
    told = document(ENDPOINTS, "https://a.example")
    names = [
        operation["operationId"]
        for operations in told["paths"].values()
        for operation in operations.values()
    ]
    assert len(names) == len(set(names)) == len(ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_an_endpoint_for_a_role_needs_a_token(endpoint: Endpoint) -> None:
    """A role is somebody's: whoever has it shows a token."""
    assert endpoint.role is None or endpoint.scope is not None
    assert endpoint.method == "GET" or endpoint.scope is not None or endpoint.body is not None
