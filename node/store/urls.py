"""The address of a database, as the settings give it."""

from __future__ import annotations

import sqlalchemy as sa

from node.errors import ConfigError


def parse_url(url: str) -> sa.URL:
    """`sqlite` or `postgresql+psycopg`; raises ConfigError for anything else."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigError("database.url is not a URL like postgresql://user@host/name.") from error
    match parsed.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return parsed.set(drivername="sqlite")
        case "postgresql" | "postgresql+psycopg" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(
        f"database.url begins with {parsed.drivername}: use sqlite:/// or postgresql://."
    )
