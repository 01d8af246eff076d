"""Files in a bucket of an S3-compatible storage (MinIO, Garage, Ceph, those for rent), for nodes
whose disk is small. People still ask the node for them: the storage learns of nobody."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from obstore import exceptions
from obstore.store import S3Store

from node.config import MediaSettings
from node.errors import ConfigError, Unavailable
from node.media.files import BUNDLE, NAME, TYPES, Elsewhere, Files

log = logging.getLogger(__name__)

PIECE: Final = 64 * 1024
CONNECT_S: Final = 5
TOTAL_S: Final = 120
RETRY_S: Final = 10
_REFUSED: Final = re.compile(r"status code: 40[0134]\b")  # lists have no error of their own


class Bucket(Files):
    def __init__(self, settings: MediaSettings) -> None:
        self._store = S3Store(
            settings.bucket,
            prefix=settings.prefix or None,
            endpoint=settings.endpoint,
            region=settings.region,
            access_key_id=settings.access_key,
            secret_access_key=settings.secret_key,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": settings.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_S),
                "timeout": timedelta(seconds=TOTAL_S),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=RETRY_S)},
        )
        self._forgetting = ThreadPoolExecutor(1, "bucket")

    def check(self) -> None:
        """Raises ConfigError for a bucket that is not there or not ours; a storage that does not
        answer may answer later. Blocking."""
        try:
            next(iter(self._store.list(chunk_size=1)), None)
        except (exceptions.BaseError, OSError) as error:
            if _REFUSED.search(str(error)) is None:
                log.warning("the storage of pictures does not answer: %s", _first_line(error))
                return
            raise ConfigError(
                "[media]: the storage refuses the bucket. Look at media.bucket, media.access_key, "
                f"media.secret_key and media.region. It says: {_first_line(error)}"
            ) from error

    async def find(self, name: str) -> Path | Elsewhere | None:
        if NAME.fullmatch(name) is None:
            return None
        try:
            told = await self._store.head_async(_key(name))
        except (exceptions.NotFoundError, FileNotFoundError):
            return None
        except (exceptions.BaseError, OSError) as error:
            raise _away(error) from error
        return Elsewhere(name, told["size"])

    async def read(self, found: Elsewhere, start: int, stop: int) -> AsyncIterator[bytes]:
        if start >= stop:
            return
        try:
            told = await self._store.get_async(_key(found.name), options={"range": (start, stop)})
            async for piece in told.stream(min_chunk_size=PIECE):
                yield bytes(piece)
        except (exceptions.BaseError, OSError) as error:
            raise _away(error) from error

    def write(self, name: str, content: bytes) -> None:
        if NAME.fullmatch(name) is None:
            raise ValueError("not a name of ours")
        kind: Any = {"Content-Type": TYPES[name.rpartition(".")[2]]}
        try:
            self._store.put(_key(name), content, attributes=kind, use_multipart=False)
        except (exceptions.BaseError, OSError) as error:
            raise _away(error) from error

    def forget(self, names: Iterable[str]) -> None:
        ours = [name for name in names if NAME.fullmatch(name) is not None]
        with contextlib.suppress(RuntimeError):  # closed: what is left is found tomorrow
            self._forgetting.submit(self._forget, ours)

    def _forget(self, names: list[str]) -> None:
        for name in names:
            try:
                self._store.delete(_key(name))
            except (exceptions.NotFoundError, FileNotFoundError):
                continue
            except (exceptions.BaseError, OSError) as error:
                log.warning("%s stays in the bucket for now: %s", name, _first_line(error))

    def older_than(self, before: float) -> Iterator[list[str]]:
        try:
            for bundle in self._store.list(chunk_size=BUNDLE):
                names = [
                    one["path"].rpartition("/")[2]
                    for one in bundle
                    if one["last_modified"].timestamp() < before
                ]
                found = [name for name in names if NAME.fullmatch(name) is not None]
                if found:
                    yield found
        except (exceptions.BaseError, OSError) as error:
            raise _away(error) from error

    def close(self) -> None:
        self._forgetting.shutdown(wait=True)


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]


def _away(error: Exception) -> Unavailable:
    return Unavailable(
        "L’image ne peut pas être gardée ou montrée pour le moment : essayez plus tard.",
        log=f"the storage of pictures: {_first_line(error)}",
    )
