"""Kernels on disk: machine code never outlives the sources that it was made from, and needs nowhere to be written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import leadmc

FORMULAS = """from leadmc.base.compiled import formula

@formula
def grown(x):
    return x + {growth}
"""
KERNELS = """from leadmc.base.compiled import kernel
from leadmc.paths.formulas import grown

@kernel
def ten_times(x):
    return 10 * grown(x)
"""


@pytest.fixture
def package(tmp_path):
    """A package with the real decorators, one formula, and a kernel in another file."""
    root = tmp_path / "leadmc"
    shutil.copytree(Path(leadmc.__file__).parent / "base", root / "base", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "paths").mkdir()
    (root / "__init__.py").touch()
    (root / "paths" / "__init__.py").touch()
    (root / "paths" / "kernels.py").write_text(KERNELS)
    (root / "paths" / "formulas.py").write_text(FORMULAS.format(growth=1))
    return root


def ten_times_one(package, **environment):
    code = "from leadmc.paths.kernels import ten_times as t; print(t(1), sum(t.stats.cache_hits.values()))"
    settings = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=settings | {"PYTHONPATH": str(package.parent)} | environment,
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(map(int, done.stdout.split()))


def test_a_kernel_is_compiled_once_and_again_when_a_formula_elsewhere_has_changed(package):
    assert ten_times_one(package) == (20, 0)
    assert ten_times_one(package) == (20, 1)
    (package / "paths" / "formulas.py").write_text(FORMULAS.format(growth=2))
    assert ten_times_one(package) == (30, 0)


def test_a_kernel_runs_where_nothing_can_be_cached(package):
    assert ten_times_one(package, NUMBA_CACHE_LOCATOR_CLASSES="ZipCacheLocator") == (20, 0)
