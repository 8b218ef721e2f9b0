"""Run directories: complete or absent, and nothing lost."""

import pytest

from leadmc.base.errors import InputError, LeadmcError
from leadmc.cube.run_directory import new_directory


def fill(directory):
    (directory / "summary.json").write_text("{}")


def test_a_finished_run_stands_where_it_was_asked_for(tmp_path):
    out = tmp_path / "runs" / "first"
    with new_directory(out) as partial:
        assert not out.exists()
        fill(partial)
    assert [path.name for path in out.iterdir()] == ["summary.json"]
    assert [path.name for path in out.parent.iterdir()] == ["first"]


def test_an_empty_directory_may_be_filled(tmp_path):
    with new_directory(tmp_path / "run") as partial:
        (tmp_path / "run").mkdir()
        fill(partial)
    assert (tmp_path / "run" / "summary.json").is_file()


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_failed_run_leaves_nothing(tmp_path, failure):
    def fail():
        with new_directory(tmp_path / "run") as partial:
            fill(partial)
            raise failure

    with pytest.raises(failure):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_kept(tmp_path):
    (tmp_path / "old.txt").write_text("precious")
    with (
        pytest.raises(InputError, match=r"already there and not empty.*Nothing was overwritten"),
        new_directory(tmp_path),
    ):
        pytest.fail("the block must not start")
    assert (tmp_path / "old.txt").read_text() == "precious"


def test_a_file_in_the_place_is_kept(tmp_path):
    (tmp_path / "run").write_text("precious")
    with pytest.raises(InputError, match="already there"), new_directory(tmp_path / "run"):
        pytest.fail("the block must not start")
    assert (tmp_path / "run").read_text() == "precious"


def test_a_place_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    message = "run: Not a directory. Allowed: a place where a directory can be made"
    with pytest.raises(InputError, match=message), new_directory(tmp_path / "file" / "run"):
        pytest.fail("the block must not start")


def test_a_finished_run_survives_when_its_place_is_taken(tmp_path):
    out = tmp_path / "run"

    def race():
        with new_directory(out) as partial:
            fill(partial)
            out.mkdir()
            (out / "other.txt").write_text("precious")

    with pytest.raises(LeadmcError, match="was taken in the meantime; the result is in") as caught:
        race()
    (partial,) = tmp_path.glob(".run.*.partial")
    assert str(partial) in str(caught.value)
    assert (partial / "summary.json").is_file()
    assert (out / "other.txt").read_text() == "precious"
