"""The engine: the same bits from threads, processes and a cluster, and no more lost with a worker than its chunks."""

import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest
from distributed import Client, LocalCluster
from distributed.client import FutureCancelledError
from small_runs import prepared

from leadmc import engine, pipeline
from leadmc.base.errors import InputError, LeadmcError
from leadmc.engine import Settled, chunk_size, cut, settle_missing
from leadmc.study import settle_chunk

SCENARIOS = 300
SMALL = {"scenarios": SCENARIOS, "population": {"synthetic": {"beneficiaries": 30}}}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("study"), **SMALL)


def settled_in(run, study, **how):
    """Files of a run, by their names."""
    run.mkdir(exist_ok=True)
    landing = pipeline.laid_out(study, run)
    facts = settle_missing(study, landing, **{"workers": 2, "chunk": 20, "progress": lambda *_: None} | how)
    landing.finish()
    return facts, {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(study, tmp_path_factory):
    return settled_in(tmp_path_factory.mktemp("whole"), study, workers=1, chunk=None)[1]


def test_threads_give_the_same_bytes(study, whole, tmp_path):
    facts, found = settled_in(tmp_path / "run", study, workers=3)
    assert facts == ("threads", 3)
    assert found == whole


def test_processes_give_the_same_bytes(study, whole, tmp_path):
    facts, found = settled_in(tmp_path / "run", study, scheduler="processes")
    assert facts == ("processes", 2)
    assert found == whole


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as two:
        yield two


@pytest.mark.parametrize("given", ["address", "cluster", "client"])
def test_a_cluster_gives_the_same_bytes(study, whole, tmp_path, cluster, given):
    with Client(cluster) as client:
        scheduler = {"address": cluster.scheduler_address, "cluster": cluster, "client": client}[given]
        facts, found = settled_in(tmp_path / "run", study, scheduler=scheduler)
        assert client.status == "running", "it is the caller's"
    assert facts == ("distributed", 2)
    assert found == whole


def test_a_cluster_loses_no_more_with_a_worker_than_its_chunks(study, whole, tmp_path, cluster):
    killed = threading.Event()

    def kill(done, total, seconds):
        if not killed.is_set():
            killed.set()
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    assert settled_in(tmp_path / "run", study, scheduler=cluster, progress=kill)[1] == whole
    assert killed.is_set()


@pytest.mark.slow
def test_a_run_that_loses_workers_and_its_master_ten_times_ends_in_the_same_bits(study, whole, tmp_path, cluster):
    """Ten times: a worker is killed with SIGKILL, and then the run itself stops at a random moment."""
    rng = np.random.default_rng(3)
    for _ in range(10):
        stop_at = time.monotonic() + rng.uniform(0.1, 1.0)

        def kill(done, total, seconds, stop_at=stop_at):
            if time.monotonic() > stop_at:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
                raise KeyboardInterrupt

        (tmp_path / "run").mkdir(exist_ok=True)
        landing = pipeline.laid_out(study, tmp_path / "run")
        try:
            settle_missing(study, landing, scheduler=cluster, workers=None, chunk=1, progress=kill)
        except KeyboardInterrupt:
            continue
    assert settled_in(tmp_path / "run", study, scheduler=cluster)[1] == whole


def test_a_worker_that_computes_other_bits_is_refused(study, tmp_path, monkeypatch):
    def elsewhere(study, span):
        rows, capped = settle_chunk(study, np.arange(*span))
        return Settled({**rows, "net_result": rows["net_result"] * (1 + 1e-15)}, capped, "elsewhere")

    monkeypatch.setattr(engine, "_settled", elsewhere)
    with pytest.raises(LeadmcError, match="the worker elsewhere computes other bits than this machine"):
        settled_in(tmp_path / "run", study)


def test_workers_that_never_finish_anything_are_given_up(study, tmp_path, cluster, monkeypatch):
    monkeypatch.setattr(engine, "_settled", dies)
    with pytest.raises(LeadmcError, match="workers died 3 times without finishing a chunk: "):
        settled_in(tmp_path / "run", study, scheduler=cluster)


def dies(study, span):
    raise FutureCancelledError("chunk", "its worker is gone")


@pytest.mark.parametrize(
    ("scheduler", "told"),
    [
        ("magic", "scheduler: magic. Allowed: threads, processes, or the address of a Dask scheduler"),
        ("tcp://127.0.0.1:1", "scheduler: tcp://127.0.0.1:1. Allowed: the address of a running Dask scheduler"),
    ],
)
def test_a_scheduler_that_is_none_is_named(study, tmp_path, monkeypatch, scheduler, told):
    monkeypatch.setattr(engine, "PATIENCE", 0.5)
    with pytest.raises(InputError) as caught:
        settled_in(tmp_path / "run", study, scheduler=scheduler)
    assert told in str(caught.value)


def test_without_the_library_a_cluster_is_refused_with_the_remedy(study, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InputError, match=r"Allowed: threads\. Install what processes and clusters need: pip"):
        settled_in(tmp_path / "run", study, scheduler="tcp://somewhere:8786")


@pytest.mark.parametrize(
    ("people", "scenarios", "width", "size"),
    [
        (12_000, 10_000, 2, 256),
        (100_000, 1_000, 2, 32),
        (2_000, 100_000, 2, 1024),
        (1, 1_000_000, 2, 2048),
        (5_000, 1_000, 16, 8),
        (13_000_000, 10_000, 1024, 1),
        (1, 1, 64, 1),
    ],
)
def test_a_chunk_takes_about_a_second_and_everybody_gets_some(people, scenarios, width, size):
    assert chunk_size(people, scenarios, width) == size


def test_spans_are_cut_and_never_joined():
    assert list(cut([(0, 5), (5, 7), (20, 21)], 3)) == [(0, 3), (3, 5), (5, 7), (20, 21)]


def test_a_study_survives_the_journey(study):
    there = pickle.loads(pickle.dumps(study))
    here = settle_chunk(study, np.arange(4))[0]
    for name, values in settle_chunk(there, np.arange(4))[0].items():
        np.testing.assert_array_equal(values, here[name], strict=True)
