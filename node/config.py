"""Settings: one TOML file, ``ENTRAIDE_<SECTION>_<NAME>`` variables over it, read once.

Every setting is typed and checked here, so that a mistake is told at start with what to do.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from node.errors import ConfigError


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the TOML file; an unknown name in it is an error."""


class NodeSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    domain: str  # what stands in addresses: @name@domain, with a port when not the usual one
    name: str  # of the quartier, as people say it
    latitude: float
    longitude: float
    radius_m: int = 800  # the territory when no GeoJSON is given
    territory_geojson: str = ""  # path of a GeoJSON polygon; wins over the circle
    public_url: str = ""  # base of all ids and links; "" means https://domain
    data_dir: str = "data"  # relative to the file that names it
    time_zone: str = "Europe/Paris"  # tz database name, of the times that people read
    languages: tuple[str, ...] = ("fr", "en")
    contact_email: str = ""
    rules: tuple[str, ...] = ()  # of living together here, one sentence each; apps show them
    joining: str = "request"  # "invitation", "request" (a mediator answers) or "closed"
    public_pages: str = "everybody"  # who reads the announcements on the site, or "members"
    review_newcomers: bool = False  # mediators look at what newcomers publish first
    newcomer_days: int = 30  # for so long one is new, unless somebody vouches

    @property
    def open_to_all(self) -> bool:
        """Whether strangers read the announcements."""
        return self.public_pages == "everybody"


class ServerSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 8080
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")  # whose Forwarded headers count
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    stop_seconds: float = 30.0
    one_processor: bool = True  # with SQLite: keep the process's threads on one processor


class DatabaseSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    url: str = ""  # "" means SQLite in data_dir; postgresql://… for larger nodes
    readers: int = 4  # threads that read
    writers: int = 4  # connections that write, PostgreSQL only
    unit_batch: int = 64  # units of work in one group commit, SQLite only


class FederationSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    insecure_loopback: bool = False
    retry_scale: float = 1.0  # multiplies the retry schedule; below 1 for tests
    authorized_fetch: bool = False  # ask a signature for public documents too
    deliveries_per_host: int = 2
    deliveries_at_once: int = 512
    wide_reach_m: int = 3000  # how far `wide` reaches from the place of a proposal


class LimitsSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    rate_limits: bool = True
    requests_per_5min: int = 300  # per address, or per /64 of IPv6
    requests_per_5min_signed_in: int = 1500  # per person with a token
    inbox_per_5min: int = 30000  # signed deliveries per sending host
    body_bytes: int = 1024 * 1024
    json_depth: int = 64
    json_nodes: int = 10_000
    header_seconds: float = 30.0
    body_seconds: float = 60.0
    idle_seconds: float = 75.0
    signature_past_s: int = 3600
    signature_ahead_s: int = 300
    clock_error_s: int = 300
    fetch_connect_s: float = 5.0
    fetch_read_s: float = 10.0
    fetch_total_s: float = 30.0
    fetch_bytes: int = 1024 * 1024
    fetch_redirects: int = 3
    fetch_per_host: int = 4
    deliver_seconds: float = 10.0
    inbox_pending: int = 20_000  # journal entries waiting; above it the inbox answers 503
    picture_bytes: int = 16 * 1024 * 1024
    picture_pixels: int = 33_000_000
    picture_frames: int = 1_000  # of an animation, of which the first one is kept
    picture_side: int = 1_600  # pixels; longer ones are scaled down to it
    picture_seconds: float = 10.0  # to decode one, in a process apart
    picture_memory: int = 512 * 1024 * 1024  # bytes that it may have for that
    film_bytes: int = 40 * 1024 * 1024  # of a film or a sound, which are passed on as they are


class MediaSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    bucket: str = ""  # of an S3-compatible storage; "" means files in data_dir
    endpoint: str = ""  # its address, https://…
    region: str = "us-east-1"
    prefix: str = ""  # before all names in the bucket
    access_key: str = ""
    secret_key: str = ""


class MapSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    tiles: str = ""  # https://…/{z}/{x}/{y}.png; "" means a map without a background
    attribution: str = ""  # whom the background is owed to, as its licence wants it said
    max_zoom: int = 19  # up to which there are tiles


class MailSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    host: str = ""  # of the SMTP server; "" means that no mail is sent
    port: int = 587
    security: str = "starttls"  # "none", "starttls" or "tls"
    username: str = ""
    password: str = ""
    sender: str = ""  # the address in From; "" means entraide@ and the domain
    digest_hour: int = 18  # of the day where the quartier is
    seconds: float = 30.0  # for each word with the server
    per_half_hour: int = 5  # to one recipient; what is over waits for the digest


class RetentionSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    closed_proposals_days: int = 365  # with their answers
    read_notifications_days: int = 90
    notifications_days: int = 365  # whether read or not
    dead_mails_days: int = 30
    join_requests_days: int = 30  # once they are decided
    invitations_days: int = 30  # once they are over
    crisis_days: int = 30  # what was published for a crisis, once it is closed
    pictures_days: int = 1  # sent, and attached to nothing
    drafts_days: int = 30  # begun on the pages, and left lying


class AccessibilitySettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    entity: str = ""  # who answers for the site; "" means the quartier's name
    audited_on: str = ""  # day of an audit by the RGAA, like 2027-03-01; "" means that none was
    audited_by: str = ""
    percent: int = 0  # of its criteria that are met
    failings: tuple[str, ...] = ()  # what is not met, one sentence each

    @property
    def conformity(self) -> str:
        """``none``, ``partial`` or ``total``, as the law names it: without an audit, none."""
        if not self.audited_on or self.percent < 50:
            return "none"
        return "total" if self.percent == 100 else "partial"


class LogSettings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    level: str = "INFO"


class Settings(Section, frozen=True, forbid_unknown_fields=True, kw_only=True):
    node: NodeSettings
    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    federation: FederationSettings = FederationSettings()
    limits: LimitsSettings = LimitsSettings()
    media: MediaSettings = MediaSettings()
    map: MapSettings = MapSettings()
    mail: MailSettings = MailSettings()
    retention: RetentionSettings = RetentionSettings()
    accessibility: AccessibilitySettings = AccessibilitySettings()
    log: LogSettings = LogSettings()
    directory: str = "."  # of the file, set by `load`

    @property
    def base_url(self) -> str:
        """The base of all ids and links, without a slash at its end."""
        if self.node.public_url:
            return self.node.public_url.rstrip("/")
        scheme = "http" if self.federation.insecure_loopback else "https"
        return f"{scheme}://{self.node.domain}"

    @property
    def mail_sender(self) -> str:
        """The address in From."""
        return self.mail.sender or f"entraide@{urlsplit(self.base_url).hostname}"

    @property
    def data_dir(self) -> Path:
        return Path(self.directory, self.node.data_dir)

    @property
    def database_url(self) -> str:
        """``sqlite:///…`` or ``postgresql://…``."""
        return self.database.url or f"sqlite:///{self.data_dir.resolve() / 'entraide.sqlite3'}"


SECTIONS: dict[str, type[Section]] = {
    "node": NodeSettings,
    "server": ServerSettings,
    "database": DatabaseSettings,
    "federation": FederationSettings,
    "limits": LimitsSettings,
    "media": MediaSettings,
    "map": MapSettings,
    "mail": MailSettings,
    "retention": RetentionSettings,
    "accessibility": AccessibilitySettings,
    "log": LogSettings,
}


def _from_environment(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    for section, struct in SECTIONS.items():
        for field in msgspec.structs.fields(struct):
            value = environment.get(f"ENTRAIDE_{section}_{field.name}".upper())
            if value is None:
                continue
            listed = isinstance(field.default, tuple)
            raw.setdefault(section, {})[field.name] = (
                [part.strip() for part in value.split(",") if part.strip()] if listed else value
            )


def check_settings(settings: Settings) -> Settings:
    node, federation = settings.node, settings.federation
    base = urlsplit(settings.base_url)
    if not node.domain or "/" in node.domain or "@" in node.domain:
        raise ConfigError(f"node.domain must be HOST or HOST:PORT, not {node.domain!r}.")
    if not node.name.strip():
        raise ConfigError("node.name is empty: give the quartier's name.")
    if not (-90 <= node.latitude <= 90 and -180 <= node.longitude <= 180):
        raise ConfigError("node.latitude must lie in -90…90 and node.longitude in -180…180.")
    if not 50 <= node.radius_m <= 20_000:
        raise ConfigError("node.radius_m must lie in 50…20000 metres.")
    try:
        ZoneInfo(node.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"node.time_zone must be like Europe/Paris or Indian/Reunion, not {node.time_zone!r}."
        ) from error
    if base.scheme not in ("https", "http") or not base.hostname or base.path or base.query:
        raise ConfigError(f"node.public_url must be like https://example.org, not {base.geturl()}.")
    if base.scheme == "http" and not federation.insecure_loopback:
        raise ConfigError(
            "node.public_url is http: other servers will not believe it. Use https, or set "
            "federation.insecure_loopback = true for a test on this machine alone."
        )
    if federation.insecure_loopback and not is_loopback(settings.server.host):
        raise ConfigError(
            f"server.host is {settings.server.host}, but with federation.insecure_loopback the "
            "node binds to 127.0.0.0/8 or ::1 only. Change one of the two."
        )
    if not 0 <= settings.server.port <= 65535:
        raise ConfigError("server.port must lie in 0…65535.")
    if not settings.database_url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        raise ConfigError("database.url must begin with sqlite:/// or postgresql://.")
    _check_media(settings.media)
    _check_map(settings.map)
    _check_people(settings)
    if federation.retry_scale <= 0:
        raise ConfigError("federation.retry_scale must be above 0.")
    return settings


def _check_media(media: MediaSettings) -> None:
    if not media.bucket:
        return
    try:
        base = urlsplit(media.endpoint)
        host = base.hostname or ""
    except ValueError:
        base, host = urlsplit(""), ""
    if not host or base.scheme not in ("https", "http") or base.query or base.fragment:
        raise ConfigError(
            f"media.endpoint must be like https://s3.example.org, not {media.endpoint!r}."
        )
    if base.scheme == "http" and not is_loopback(host):
        raise ConfigError(
            "media.endpoint is http: pictures would cross the network for all to see. Use https, "
            "or a storage on this machine."
        )
    if not media.access_key or not media.secret_key:
        raise ConfigError("media.bucket wants media.access_key and media.secret_key.")


def _check_map(card: MapSettings) -> None:
    if card.tiles:
        places = all(place in card.tiles for place in ("{z}", "{x}", "{y}"))
        base = urlsplit(card.tiles)
        quiet = not any(letter in card.tiles for letter in "; ,'\"")
        near = base.scheme == "http" and is_loopback(base.hostname or "")
        safe = base.scheme == "https" or near
        if not (places and safe and base.netloc and quiet and card.tiles.isprintable()):
            raise ConfigError(
                "map.tiles must be like https://tiles.example.org/{z}/{x}/{y}.png, "
                f"not {card.tiles!r}."
            )
    if not 1 <= card.max_zoom <= 22:
        raise ConfigError("map.max_zoom must lie in 1…22.")


def _check_people(settings: Settings) -> None:
    mail = settings.mail
    if settings.node.joining not in ("invitation", "request", "closed"):
        raise ConfigError(
            f"node.joining must be invitation, request or closed, not {settings.node.joining!r}."
        )
    if settings.node.public_pages not in ("everybody", "members"):
        raise ConfigError(
            f"node.public_pages must be everybody or members, not {settings.node.public_pages!r}."
        )
    if any(not rule.strip() or len(rule) > 1_000 for rule in settings.node.rules):
        raise ConfigError("node.rules: sentences of 1 to 1000 characters each.")
    if not 0 <= settings.node.newcomer_days <= 3650:
        raise ConfigError("node.newcomer_days must lie in 0…3650.")
    if mail.security not in ("none", "starttls", "tls"):
        raise ConfigError(f"mail.security must be none, starttls or tls, not {mail.security!r}.")
    if mail.password and mail.security == "none" and not is_loopback(mail.host):
        raise ConfigError(
            "mail.security is none: mail.password would cross the network for all to read. "
            "Use starttls or tls."
        )
    if not 1 <= mail.port <= 65535:
        raise ConfigError("mail.port must lie in 1…65535.")
    if not 0 <= mail.digest_hour <= 23:
        raise ConfigError("mail.digest_hour must lie in 0…23.")
    if mail.seconds <= 0 or mail.per_half_hour < 1:
        raise ConfigError("mail.seconds and mail.per_half_hour must be above 0.")
    sender = settings.mail_sender
    plain = sender.isascii() and sender.isprintable() and " " not in sender
    if mail.host and (sender.count("@") != 1 or not plain):
        raise ConfigError(f"mail.sender must be like entraide@example.org, not {sender!r}.")
    _check_accessibility(settings.accessibility)
    for name in RetentionSettings.__struct_fields__:
        if not 0 <= getattr(settings.retention, name) <= 36_500:
            raise ConfigError(f"retention.{name} must lie in 0…36500 days.")


def _check_accessibility(told: AccessibilitySettings) -> None:
    if told.audited_on:
        try:
            date.fromisoformat(told.audited_on)
        except ValueError as error:
            raise ConfigError(
                f"accessibility.audited_on must be a day like 2027-03-01, not {told.audited_on!r}."
            ) from error
    if not 0 <= told.percent <= 100:
        raise ConfigError("accessibility.percent must lie in 0…100.")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def build(
    raw: dict[str, Any], *, directory: str = ".", environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from the tables of a TOML file; raises ConfigError."""
    _from_environment(raw, os.environ if environment is None else environment)
    if "node" not in raw:
        raise ConfigError("The [node] table is missing: `entraide init` writes a complete file.")
    try:
        settings = msgspec.convert({**raw, "directory": directory}, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"The settings do not fit: {error}") from error
    return check_settings(settings)


def load(path: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a file; raises ConfigError with what to do."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no file {path}. Write one with: entraide init --config {path} …"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The file {path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The file {path} is not valid TOML: {error}") from error
    if "directory" in raw:
        raise ConfigError(f"The file {path} has a name that is not a setting: directory.")
    return build(raw, directory=str(path.resolve().parent), environment=environment)
