"""The JSON interface of help, `/api/aid/v1`: one declaration per endpoint, from which come the
route, the checks and the OpenAPI document."""
