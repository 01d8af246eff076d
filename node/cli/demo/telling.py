"""What the demo says: a line with its time for each thing that happens, and the summary."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import click

from node.errors import EntraideError


class CheckFailed(Exception):
    """Something that should be so is not; the text says what, in French."""


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    seconds: float
    wrong: str
    """What failed; "" when all is well."""


@dataclass(slots=True)
class Story:
    """The steps of the demo, told as they happen and kept for the summary."""

    results: list[Result] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def well(self) -> bool:
        return all(not result.wrong for result in self.results)

    @contextlib.asynccontextmanager
    async def step(self, name: str, *, needed: bool = False) -> AsyncIterator[None]:
        """One step. When it fails it is told, and the demo goes on, unless the rest needs it."""
        heading(name)
        began = time.monotonic()
        wrong = "interrompu"
        try:
            yield
            wrong = ""
        except (CheckFailed, EntraideError, aiohttp.ClientError, OSError) as error:
            wrong = error.public if isinstance(error, EntraideError) else str(error)
            wrong = wrong or type(error).__name__
            say(f"✗ {wrong}")
            if needed:
                raise CheckFailed(f"{name} : {wrong}") from error
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            wrong = repr(error)
            raise
        finally:
            self.results.append(Result(name, time.monotonic() - began, wrong))

    def summary(self) -> None:
        heading("Bilan")
        for result in self.results:
            sign = "✗" if result.wrong else "✓"
            click.echo(f"  {sign} {seconds(result.seconds):>8}  {result.name}")
            if result.wrong:
                click.echo(f"              {result.wrong}")
        done = sum(not result.wrong for result in self.results)
        click.echo(
            f"\n{done} étapes réussies sur {len(self.results)}, "
            f"en {seconds(time.monotonic() - self.began)}."
        )


def heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)


def say(text: str) -> None:
    click.echo(f"  {time.strftime('%H:%M:%S')}  {text}")


def seconds(length: float) -> str:
    """``0,42 s``"""
    return f"{length:.2f}".replace(".", ",") + " s"
