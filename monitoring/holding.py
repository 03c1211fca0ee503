"""What one worker has in hand: sources that it has claimed and not stored yet, and the hosts that it keeps for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitoring.claiming import Batch, Hold
from monitoring.models import HostState, Source


@dataclass(slots=True)
class Hand:
    """All under one claim. A host is finished with the last of its sources."""

    claim: str
    now: datetime
    sources: dict[int, Source] = field(default_factory=dict)
    _waiting: dict[int, set[int]] = field(default_factory=dict)
    _hold: Hold = field(init=False)

    def __post_init__(self) -> None:
        self._hold = Hold(self._renew, self.now)

    def take(self, batch: Batch) -> list[Source]:
        """Take a batch up; what is returned is to be asked."""
        taken = batch.take()
        for source in taken:
            self.sources[source.pk] = source
            self._waiting.setdefault(source.host_id, set()).add(source.pk)
        return taken

    def put_down(self, done: list[Source]) -> list[int]:
        """These are asked. Returns the hosts that have none left."""
        for source in done:
            self.sources.pop(source.pk, None)
            self._waiting.get(source.host_id, set()).discard(source.pk)
        finished = [host for host, waiting in self._waiting.items() if not waiting]
        for host in finished:
            del self._waiting[host]
        return finished

    def keep(self) -> None:
        """To be called often."""
        self._hold.keep()

    def let_go(self) -> None:
        """Nothing more will be asked: what is left is due again, for anybody."""
        if self.sources:
            Source.objects.let_go(self.claim)
            HostState.objects.release(self._waiting, self.claim, self.now)

    def _renew(self, until: datetime) -> None:
        Source.objects.renew(self.claim, until)
        HostState.objects.renew(self._waiting, self.claim, until)
