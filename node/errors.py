"""The error tree. What the public reads (``public``) and what the log keeps are two texts.

EntraideError
├── ConfigError            told at start, says what to do; exit code 2
├── BadInput        400    ├── Unauthenticated 401   ├── Forbidden   403
├── NotFound        404    ├── NotAcceptable   406   ├── Conflict    409
├── Gone            410    ├── TooLarge        413   ├── Unsupported 415
├── Invalid         422    ├── TooMany         429   ├── Unavailable 503
└── FetchError             a remote document could not be had
    ├── FetchRefused       never: our rules or the remote's answer forbid it
    ├── FetchGone          the remote says 404 or 410
    └── FetchFailed        perhaps later: timeouts, 5xx, names that do not resolve
"""

from __future__ import annotations


class EntraideError(Exception):
    status = 500

    def __init__(self, public: str, *, log: str | None = None) -> None:
        super().__init__(log or public)
        self.public = public


class ConfigError(EntraideError):
    pass


class BadInput(EntraideError):
    status = 400


class Unauthenticated(EntraideError):
    status = 401


class Forbidden(EntraideError):
    status = 403


class NotFound(EntraideError):
    status = 404


class NotAcceptable(EntraideError):
    status = 406


class Conflict(EntraideError):
    status = 409


class Gone(EntraideError):
    status = 410


class TooLarge(EntraideError):
    status = 413


class Unsupported(EntraideError):
    status = 415


class Invalid(EntraideError):
    status = 422


class TooMany(EntraideError):
    status = 429

    def __init__(self, public: str, *, retry_after: int = 30, log: str | None = None) -> None:
        super().__init__(public, log=log)
        self.retry_after = retry_after


class Unavailable(EntraideError):
    status = 503

    def __init__(self, public: str, *, retry_after: int = 30, log: str | None = None) -> None:
        super().__init__(public, log=log)
        self.retry_after = retry_after


class FetchError(EntraideError):
    status = 502


class FetchRefused(FetchError):
    pass


class FetchGone(FetchError):
    def __init__(self, public: str, *, http_status: int = 404, log: str | None = None) -> None:
        super().__init__(public, log=log)
        self.http_status = http_status


class FetchFailed(FetchError):
    def __init__(
        self, public: str, *, http_status: int | None = None, log: str | None = None
    ) -> None:
        super().__init__(public, log=log)
        self.http_status = http_status
