"""The client: one object for one gateway, with a resource for each part of the API."""

from types import TracebackType
from typing import Self

from harmonic_client.credentials import CredentialStore
from harmonic_client.resources.artifacts import Artifacts
from harmonic_client.resources.auth import Auth
from harmonic_client.resources.catalogue import Catalogue, Scores
from harmonic_client.resources.events import Events
from harmonic_client.resources.operations import Operations
from harmonic_client.resources.renderings import Renderings
from harmonic_client.resources.sounds import Analyses, Conversions
from harmonic_client.resources.universes import Presets, Soundscapes, Universes
from harmonic_client.resources.work import Exports, Performances, Suggestions
from harmonic_client.retries import RetryPolicy
from harmonic_client.session import Session
from harmonic_client.wire import Wire

DEFAULT_GATEWAY = "http://127.0.0.1:8000"


class Harmonic:
    """Everything that the public API does. Use it as ``async with Harmonic(url) as harmonic``.

    Sign-ins are kept in a file and shared with the command line, unless another store is given; an API key needs none.
    Every method raises the exceptions of ``harmonic_client.errors``.
    """

    def __init__(
        self,
        gateway: str = DEFAULT_GATEWAY,
        *,
        api_key: str | None = None,
        store: CredentialStore | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._wire = Wire(gateway, policy)
        self.session = Session(self._wire, store or CredentialStore(), api_key)
        self.auth = Auth(self.session)
        self.universes = Universes(self.session)
        self.presets = Presets(self.session)
        self.soundscapes = Soundscapes(self.session)
        self.performances = Performances(self.session)
        self.renderings = Renderings(self.session)
        self.operations = Operations(self.session)
        self.exports = Exports(self.session)
        self.suggestions = Suggestions(self.session)
        self.analyses = Analyses(self.session)
        self.conversions = Conversions(self.session)
        self.scores = Scores(self.session)
        self.catalogue = Catalogue(self.session)
        self.artifacts = Artifacts(self.session, policy)
        self.events = Events(self.session)

    @property
    def gateway(self) -> str:
        """The URL of the gateway."""
        return self._wire.gateway

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.close()
