"""How long the stages of a run take, and how far it has come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Clock:
    """Wall time of the stages of a run [s], from its start."""

    def __init__(self) -> None:
        self.started = self.now()
        self.seconds: dict[str, float] = {}

    @staticmethod
    def now() -> datetime:
        """Return this moment."""
        return datetime.now(UTC)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


class Tally:
    """Counts finished scenarios, and tells whoever watches.

    Parameters
    ----------
    total
        Scenarios in all.
    watcher
        Called with scenarios done, scenarios in all, and seconds since the first one began.
    """

    def __init__(self, total: int, watcher: Callable[[int, int, float], None]):
        self.total, self._watcher = total, watcher
        self._done = 0
        self._start = time.perf_counter()

    def add(self, scenarios: int) -> None:
        """Count a finished chunk."""
        self._done += scenarios
        self._watcher(self._done, self.total, time.perf_counter() - self._start)
