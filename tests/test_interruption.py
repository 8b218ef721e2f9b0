"""A run that is stopped, killed or out of disk: it says so in a line, and `--resume` ends it in the same bits."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from unittest import mock

import pytest

from leadmc import pipeline
from leadmc.base.errors import InputError
from leadmc.cli import main
from leadmc.cube.run_directory import LEDGER, LOCK
from leadmc.inputs.config import load_config

CONFIG = "name: a\nseed: 7\nscenarios: {}\npopulation: {{synthetic: {{beneficiaries: {}}}}}\n"
OUT = "deep/er/run"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def start(folder, *options, scenarios=400_000, people=20, **how):
    (folder / "a.yaml").write_text(CONFIG.format(scenarios, people))
    command = [sys.executable, "-m", "leadmc", "run", "a.yaml", "--out", OUT, *options]
    how.setdefault("preexec_fn", _heed_ctrl_c)
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


def _heed_ctrl_c():
    """Whoever runs the tests in the background may have them ignore Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(folder, *, resume=False, scenarios, people=20):
    """Run to the end, in this process and without a report; the run directory."""
    (folder / "a.yaml").write_text(CONFIG.format(scenarios, people))
    with mock.patch.object(pipeline, "_summarise_and_report"):
        return pipeline.run(load_config(folder / "a.yaml"), out=folder / OUT, resume=resume)


def stop(run, how):
    run.send_signal(how)
    try:
        return run.communicate(timeout=60)
    finally:
        run.kill()  # unless it has ended


def wait_for(folder, pattern, seconds=100.0):
    end = time.monotonic() + seconds
    while not any(folder.glob(f"{OUT}/{pattern}")):
        assert time.monotonic() < end, f"no {pattern} in {seconds} s"
        time.sleep(0.02)


def numbers(run):
    """Every file of a finished run that its numbers decide."""
    names = ("manifest.json", "report.html")  # moments and durations
    files = (path for path in run.rglob("*") if path.is_file() and path.name not in names)
    return {str(path.relative_to(run)): path.read_bytes() for path in files}


def test_ctrl_c_before_the_first_chunk_leaves_nothing(tmp_path):
    with start(tmp_path) as run:
        wait_for(tmp_path, LOCK)
        out, err = stop(run, signal.SIGINT)
    assert (run.returncode, out) == (130, "")
    assert "Traceback" not in err
    kept = (tmp_path / OUT).exists()
    assert err.splitlines()[-1].startswith("Stopped. What was" if kept else "Stopped. Nothing was kept.")


def test_ctrl_c_leaves_a_run_that_resume_continues(tmp_path, capsys):
    size = {"scenarios": 12_000, "people": 20}
    with start(tmp_path, "--chunk", "100", **size) as run:
        wait_for(tmp_path, "chunks/0000000100-*.rows")
        time.sleep(0.5)  # until it is in the ledger
        out, err = stop(run, signal.SIGINT)
    assert (run.returncode, out) == (130, "")
    told = f"Stopped. What was finished is kept in {OUT}; the same command with --resume continues."
    assert err.splitlines()[-1] == told
    assert "Traceback" not in err
    run = tmp_path / OUT
    assert not (run / LOCK).exists()
    assert not (run / "manifest.json").exists()
    done = len((run / LEDGER).read_text().splitlines())
    assert done > 1
    assert_unfinished_is_told(tmp_path, capsys)
    resumed = finish(tmp_path, resume=True, **size)
    (tmp_path / "whole").mkdir()
    assert numbers(resumed) == numbers(finish(tmp_path / "whole", **size))


def assert_unfinished_is_told(folder, capsys):
    out = str(folder / OUT)
    for arguments in (["summary", out], ["verify", out], ["run", str(folder / "a.yaml"), "--out", out]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        told = capsys.readouterr().err
        assert stopped.value.code == 2
        assert f"{out}: an unfinished run. Allowed:" in told
        assert "--resume" in told


@pytest.mark.parametrize("size", [1_000, 120_000], ids=["in the cube's layout", "in its numbers"])
def test_a_full_disk_is_told_and_the_run_can_be_continued(tmp_path, size):
    """A limit of the size of a file stands for a full disk: writing fails in the same place, with another number."""
    before = tmp_path / "earlier"
    before.mkdir()
    (before / "summary.json").write_text("{}")
    run = start(
        tmp_path,
        scenarios=400,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (1, "")
    told = err.splitlines()[-1]
    assert told.startswith("Failed: [Errno 27] File too large")
    assert "Traceback" not in err
    assert (before / "summary.json").read_text() == "{}"
    assert (tmp_path / OUT).exists() == (size > 1_000)
    if size > 1_000:
        assert told.endswith(f"What was finished is kept in {OUT}; the same command with --resume continues.")
    resumed = finish(tmp_path, resume=True, scenarios=400)
    (tmp_path / "whole").mkdir()
    assert numbers(resumed) == numbers(finish(tmp_path / "whole", scenarios=400))


def killed_and_resumed(folder, *, kills, rng, **size):
    """Kill a run several times at random moments of its simulation, then let it end."""
    for _ in range(kills):
        with start(folder, "--resume", "--chunk", "64", **size) as run:
            wait_for(folder, LEDGER)
            time.sleep(rng.uniform(0.0, 1.0))
            stop(run, signal.SIGKILL)
        assert run.returncode == -signal.SIGKILL, "it ended before it was killed: give it more to do"
    return finish(folder, resume=True, **size)


def assert_kills_change_no_bit(folder, kills, **size):
    (folder / "whole").mkdir()
    whole = numbers(finish(folder / "whole", **size))
    rng = random.Random(5)
    assert numbers(killed_and_resumed(folder, kills=kills, rng=rng, **size)) == whole
    lines = (folder / OUT / LEDGER).read_text().splitlines()
    assert [json.loads(line)["block"] for line in lines[1:]] == list(range(len(lines) - 1))


def test_a_run_that_is_killed_twice_ends_in_the_same_bits(tmp_path):
    assert_kills_change_no_bit(tmp_path, 2, scenarios=20_000, people=20)


@pytest.mark.slow
def test_a_run_that_is_killed_ten_times_ends_in_the_same_bits(tmp_path):
    assert_kills_change_no_bit(tmp_path, 10, scenarios=60_000, people=300)


def test_two_runs_in_one_directory_are_refused(tmp_path):
    with start(tmp_path, "--chunk", "64") as first:
        wait_for(tmp_path, LEDGER)
        with pytest.raises(InputError, match=rf"in use by process {first.pid} on .*Wait until it ends"):
            finish(tmp_path, resume=True, scenarios=20)
        stop(first, signal.SIGKILL)
    assert (tmp_path / OUT / LOCK).exists(), "nobody has cleared it away"


def test_the_lock_of_a_dead_process_does_not_hold(tmp_path):
    (tmp_path / OUT).mkdir(parents=True)
    (tmp_path / OUT / LOCK).write_text("process 1 on elsewhere\n")
    assert not (finish(tmp_path, scenarios=20) / LOCK).exists()
