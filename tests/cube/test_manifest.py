"""The manifest: enough to trace and repeat a run, and nothing about who ran it where."""

import getpass
import json
import platform
from datetime import UTC, datetime

import numba
import pytest

import leadmc
from leadmc.base.errors import InputError
from leadmc.cube.manifest import RunFacts, describe, read_manifest, write_manifest


@pytest.fixture
def manifest():
    return describe(
        RunFacts(
            name="first",
            command="leadmc run first.yaml",
            seed=7,
            tracks=("professional", "global"),
            config_hash="abc",
            inputs={"roster.csv": "def"},
            engine={"scheduler": "threads", "workers": 2},
            unverified_terms=({"path": "rate_book.mode", "value": "CLIFF", "confidence": "C", "source": "W0"},),
            counts={"scenarios": 1000, "beneficiaries": 5000, "capped_costs": 0},
            timings={"paths": 1.23456},
            started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            finished=datetime(2026, 1, 2, 3, 4, 8, tzinfo=UTC),
        )
    )


def test_inputs_and_engine_are_named(manifest):
    assert manifest["config_sha256"] == "abc"
    assert manifest["inputs_sha256"] == {"roster.csv": "def"}
    assert manifest["engine"] == {"scheduler": "threads", "workers": 2}


def test_versions_and_machine_are_named(manifest):
    assert manifest["versions"]["leadmc"] == leadmc.__version__
    assert manifest["versions"]["numba"] == numba.__version__
    assert manifest["versions"]["python"] == platform.python_version()
    assert manifest["machine"]["cores"] >= 1
    assert set(manifest["machine"]) == {"cpu", "cores", "system"}


def test_the_facts_are_kept(manifest):
    assert manifest["started"] == "2026-01-02T03:04:05+00:00"
    assert manifest["timings_seconds"] == {"paths": 1.235}
    assert manifest["unverified_terms"][0]["confidence"] == "C"
    assert manifest["counts"]["scenarios"] == 1000


def test_it_does_not_say_who_or_where(manifest, tmp_path):
    text = json.dumps(manifest)
    values = {value for part in manifest.values() if isinstance(part, dict) for value in part.values()}
    assert str(tmp_path) not in text
    assert not {platform.node(), getpass.getuser()} & values


def test_it_survives_the_file(manifest, tmp_path):
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


@pytest.mark.parametrize("content", [None, "{half"])
def test_a_directory_without_a_manifest_is_named(tmp_path, content):
    if content:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=r"no readable manifest\.json\. Allowed: the directory of a finished run"):
        read_manifest(tmp_path)
