"""Who asks to read: the signature of a GET (authorised fetch)."""

from __future__ import annotations

from aiohttp import web

from node.actions.remote import Remote
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import read_claim, verify
from node.errors import FetchError, Unauthenticated
from node.inbox.routes import signed
from node.outbox.here import Here, host_of
from node.social.accounts import Actor


class Viewers:
    """Callable as `node.outbox.reading.answers.Viewer`."""

    def __init__(self, here: Here, remote: Remote) -> None:
        self._here = here
        self._remote = remote

    async def __call__(self, request: web.Request) -> Actor | None:
        """The actor whose key signed the request; None without a signature. Raises
        Unauthenticated for one that is wrong."""
        if "Signature" not in request.headers and "Signature-Input" not in request.headers:
            return None
        limits = self._here.settings.limits
        claim = read_claim(
            signed(request, None, self._here.settings.base_url),
            now=self._here.clock.now(),
            past_s=limits.signature_past_s,
            ahead_s=limits.signature_ahead_s,
            error_s=limits.clock_error_s,
            expected_host=host_of(self._here.settings.base_url),
        )
        if isinstance(claim, Rejected):
            raise Unauthenticated(claim.reason)
        try:
            signer = await self._remote.signer(claim.key_id)
            if not verify(claim, signer.key):
                renewed = await self._remote.renewed_signer(claim.key_id)
                if renewed is None or not verify(claim, renewed.key):
                    raise Unauthenticated("The signature does not verify.")
                signer = renewed
        except FetchError as error:
            raise Unauthenticated(f"The key {claim.key_id} cannot be had.") from error
        return signer.actor
