"""The engine: chunks of scenarios go out to threads, processes or a Dask cluster, and land as they come back.

A chunk is a pure function of the study and of its scenario numbers. Workers return its rows and nothing else; whoever
runs the engine writes them, so that workers need no file of the run, may join and leave at any time, and lose no more
than the chunks that they hold.
"""

import os
import pickle
import platform
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

from leadmc.base.axes import YEARS
from leadmc.base.clock import Tally
from leadmc.base.errors import Fault, InputError, LeadmcError
from leadmc.base.processor import usable_cores
from leadmc.cube.assemble import Rows
from leadmc.cube.identity import rows_hash
from leadmc.cube.landing import Landing
from leadmc.cube.store import BLOCK, Span
from leadmc.study import Study, settle_chunk

if TYPE_CHECKING:
    from distributed import Client
    from distributed.deploy import Cluster

Scheduler: TypeAlias = "str | Client | Cluster"

LOCAL: Final = ("threads", "processes")
AHEAD: Final = 2  # chunks that wait for each thread, so that none is idle while one is written
ATTEMPTS: Final = 3  # at the same scenarios, before workers that die are taken for the chunk's own fault
MOST_PEOPLE: Final = "1GB"  # 50 bytes a person: Dask need not warn of a study of millions
PATIENCE: Final = 10.0  # for the scheduler of a cluster to answer [s]

# A chunk shall take about a second: shorter, and handing it out shows; longer, and the last ones leave workers idle.
PERSON_YEARS_A_CHUNK: Final = 60_000_000  # at 13 to 20 ns each
OVERHEAD_PERSON_YEARS: Final = 10_000  # drivers and settlement of one scenario, 0.15 ms, cost as much
CHUNKS_A_WORKER: Final = 4  # at least, where there are so many scenarios


class Engine(NamedTuple):
    """What did the work: kind of scheduler, and chunks that it could work on at once, 0 if nothing was missing."""

    scheduler: str
    workers: int


class Settled(NamedTuple):
    """A chunk as it comes back.

    Parameters
    ----------
    rows
        Every variable of the registry.
    capped
        Costs that met the limit of the integer sums.
    worker
        Where it was made.
    """

    rows: Rows
    capped: int
    worker: str


class Crew(NamedTuple):
    """Whoever does the work.

    Parameters
    ----------
    submit
        Hands out the scenarios of a span.
    width
        Says how many chunks can be worked on at once; it may change.
    lost
        Errors that tell of dead workers and not of a fault in the work.
    """

    submit: Callable[[Span], "Future[Settled]"]
    width: Callable[[], int]
    lost: tuple[type[BaseException], ...] = ()


def refuse_unknown(scheduler: Scheduler) -> None:
    """Raise InputError for a scheduler that is none, before anything is written."""
    if isinstance(scheduler, str) and scheduler not in LOCAL and "://" not in scheduler:
        allowed = "threads, processes, or the address of a Dask scheduler (tcp://HOST:PORT)"
        raise InputError([Fault("scheduler", scheduler, allowed)])


def first_scenario(study: Study) -> Rows:
    """Settle the first scenario here, which also compiles or loads the kernel before threads ask for it."""
    return settle_chunk(study, np.arange(1))[0]


def settle_missing(
    study: Study,
    landing: Landing,
    *,
    scheduler: Scheduler = "threads",
    workers: int | None,
    chunk: int | None,
    progress: Callable[[int, int, float], None],
) -> Engine:
    """Take all scenarios through the model that are not on the disk yet.

    Parameters
    ----------
    study
        People and configuration.
    landing
        Where finished chunks go, and what knows which are missing.
    scheduler
        ``threads``, ``processes``, the address of a Dask scheduler, or a client or cluster of ``distributed``.
    workers
        Number of threads or processes; None for all cores. A cluster has its own.
    chunk
        Scenarios in one task; None for as many as take about a second.
    progress
        Called with scenarios done, scenarios in all, and seconds since the first one began.

    Returns
    -------
    Engine
        What did the work.

    Raises
    ------
    InputError
        If the scheduler is unknown or does not answer.
    LeadmcError
        If workers keep dying, or compute other bits than this machine.
    """
    refuse_unknown(scheduler)
    missing = list(landing.missing())
    tally = Tally(sum(stop - first for first, stop in missing), progress)
    width = failures = 0
    while missing:
        with _crew(study, scheduler, workers) as crew:
            width = crew.width()
            size = chunk or chunk_size(study.population.age.size, tally.total, width)
            lost = _settle_or_lose(study, crew, landing, cut(missing, size), tally)
        left = list(landing.missing())
        failures = failures + 1 if left == missing else 0
        if failures == ATTEMPTS:
            raise LeadmcError(f"workers died {ATTEMPTS} times without finishing a chunk: {lost}") from lost
        missing = left
    kind = scheduler if scheduler in LOCAL else "distributed"
    return Engine(str(kind), width)


def chunk_size(people: int, scenarios: int, width: int) -> int:
    """Scenarios that take a worker about a second, but so few that every worker gets some; a power of two."""
    by_time = PERSON_YEARS_A_CHUNK // (people * len(YEARS) + OVERHEAD_PERSON_YEARS)
    fair = scenarios // (CHUNKS_A_WORKER * max(width, 1))
    return 1 << (max(min(by_time, fair, BLOCK), 1).bit_length() - 1)


def cut(spans: Iterable[Span], size: int) -> Iterator[Span]:
    """Cut spans into chunks of at most ``size`` scenarios."""
    for start, stop in spans:
        for first in range(start, stop, size):
            yield first, min(first + size, stop)


def _settle_or_lose(
    study: Study, crew: Crew, landing: Landing, spans: Iterator[Span], tally: Tally
) -> BaseException | None:
    """Settle what is asked for, or as much of it as came back before workers died; then return what tells of it."""
    try:
        _settle(study, crew, landing, spans, tally)
    except crew.lost as error:
        return error
    return None


def _settle(study: Study, crew: Crew, landing: Landing, spans: Iterator[Span], tally: Tally) -> None:
    """Keep the crew busy, and bring to the disk what comes back."""
    waiting: dict[Future[Settled], Span] = {}
    trusted = {_here()}
    try:
        while True:
            for span in islice(spans, max(AHEAD * max(crew.width(), 1) - len(waiting), 0)):
                waiting[crew.submit(span)] = span
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                first, stop = waiting.pop(future)
                settled = future.result()
                _refuse_other_bits(study, first, settled, trusted)
                landing.take(first, settled.rows, settled.capped)
                tally.add(stop - first)
    finally:
        for future in waiting:
            future.cancel()


def _refuse_other_bits(study: Study, first: int, settled: Settled, trusted: set[str]) -> None:
    """Repeat one scenario of a worker's first chunk here, and compare its bits."""
    if settled.worker in trusted:
        return
    here, _ = settle_chunk(study, np.arange(first, first + 1))
    if rows_hash(here) != rows_hash({name: values[:1] for name, values in settled.rows.items()}):
        raise LeadmcError(
            f"the worker {settled.worker} computes other bits than this machine. "
            "Give all workers the same versions of leadmc, NumPy, SciPy and Numba, and processors of one kind"
        )
    trusted.add(settled.worker)


def _here() -> str:
    return f"{platform.node()}:{os.getpid()}"


def _settled(study: Study, span: Span) -> Settled:
    """Work of one task, on whatever worker."""
    return Settled(*settle_chunk(study, np.arange(*span)), _here())


@contextmanager
def _crew(study: Study, scheduler: Scheduler, workers: int | None) -> Iterator[Crew]:
    width = workers or usable_cores()
    if scheduler == "threads":
        with _cancelled_at_the_end(ThreadPoolExecutor(width)) as pool:
            yield Crew(lambda span: pool.submit(_settled, study, span), lambda: width)
    elif scheduler == "processes":
        local = _distributed(scheduler).LocalCluster
        with (
            local(n_workers=width, threads_per_worker=1, dashboard_address=":0") as cluster,
            _client(cluster) as client,
        ):
            yield from _cluster_crew(study, client)
    else:
        with _client(scheduler) as client:
            yield from _cluster_crew(study, client)


def _cluster_crew(study: Study, client: "Client") -> Iterator[Crew]:
    import dask
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    # A task and not a scattered value: its recipe stays with the scheduler, so that the study survives the loss of all
    # workers that hold it. Workers pass it on among themselves.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": MOST_PEOPLE}):
        people = client.submit(pickle.loads, pickle.dumps(study), pure=False)
    pool = client.get_executor(pure=False)
    try:
        yield Crew(
            lambda span: pool.submit(_settled, people, span),
            lambda: sum(client.nthreads().values()),
            (KilledWorker, FutureCancelledError, CancelledError),
        )
    finally:
        pool.shutdown(wait=False)  # takes back what is still out


@contextmanager
def _cancelled_at_the_end(pool: Executor) -> Iterator[Executor]:
    """Wait for what is under way, and for nothing else, however the block ends."""
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _distributed(scheduler: Scheduler) -> Any:
    """Import what processes and clusters need; InputError where it is not installed."""
    try:
        import distributed
    except ImportError as error:
        remedy = "Install what processes and clusters need: pip install 'leadmc[cluster]'."
        raise InputError([Fault("scheduler", str(scheduler), "threads", remedy)]) from error
    return distributed


@contextmanager
def _client(scheduler: Scheduler) -> Iterator["Client"]:
    """Connect to a cluster, or use the client that is given and leave it open."""
    Client = _distributed(scheduler).Client  # noqa: N806 - a class
    if isinstance(scheduler, Client):
        yield scheduler
        return
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        allowed = "the address of a running Dask scheduler"
        raise InputError([Fault("scheduler", str(scheduler), allowed, "None answers there.")]) from error
    try:
        yield client
    finally:
        client.close()
