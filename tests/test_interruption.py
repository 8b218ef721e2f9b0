"""A run that is stopped, or whose disk is full: it says so in a line, and leaves nothing behind."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

CONFIG = "name: a\nseed: 7\nscenarios: {}\npopulation: {{synthetic: {{beneficiaries: {}}}}}\n"


def start(folder, *options, scenarios=1_000_000, people=20, **how):
    (folder / "a.yaml").write_text(CONFIG.format(scenarios, people))
    command = [sys.executable, "-m", "leadmc", "run", "a.yaml", "--out", "deep/er/run", "--chunk", "100", *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


def wait_for(folder, pattern, seconds=100.0):
    end = time.monotonic() + seconds
    while not any(folder.rglob(pattern)):
        assert time.monotonic() < end, f"no {pattern} in {seconds} s"
        time.sleep(0.02)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("moment", ["*.partial", "net_cash"], ids=["at the start", "in mid-run"])
def test_ctrl_c_leaves_nothing(tmp_path, moment):
    with start(tmp_path) as run:
        try:
            wait_for(tmp_path, moment)
            time.sleep(1.0)  # into the stage that begins with it
            run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=60)
        finally:
            run.kill()  # unless it has ended
    assert run.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "Stopped. Nothing was kept."
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
@pytest.mark.parametrize("size", [1_000, 50_000], ids=["in the cube's layout", "in its numbers"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, size):
    """A limit of the size of a file stands for a full disk: writing fails in the same place, with another number."""
    run = start(
        tmp_path,
        scenarios=40,
        people=20,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    out, err = run.communicate(timeout=60)
    assert run.returncode == 1
    assert out == ""
    assert err.splitlines()[-1] == "Failed: [Errno 27] File too large"
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
