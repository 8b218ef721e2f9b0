"""Landing: whatever the chunks, their order, the moment of a kill and the damage, the same bytes in the end."""

import json
import shutil
from itertools import pairwise
from unittest import mock

import pytest
from example_rows import SCENARIOS, WHOLE, new_cube, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from leadmc.base.errors import InputError
from leadmc.cube.landing import CHUNKS, begin, read_ledger, resume
from leadmc.cube.run_directory import LEDGER
from leadmc.cube.store import CUBE

IDENTITY = {"leadmc": "0", "config_sha256": "abc"}
BLOCKS = {0, 8, 16, SCENARIOS}
CUTS = st.sets(st.integers(1, SCENARIOS - 1))
ORDER = st.randoms(use_true_random=False)


@pytest.fixture(autouse=True, scope="module")
def power():
    """No test switches the power off: leave out the waiting for the disk."""
    with mock.patch("os.fsync"):
        yield


def begun(run):
    return begin(run, new_cube(run), IDENTITY)


def chunks(cuts, order):
    found = list(pairwise(sorted(BLOCKS | cuts)))
    order.shuffle(found)
    return found


def take(landing, spans):
    for first, stop in spans:
        landing.take(first, rows(first, stop), capped=1)


def stored_bytes(run):
    return {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Files of a run that was never interrupted."""
    run = tmp_path_factory.mktemp("whole")
    landing = begun(run)
    take(landing, [(0, 8), (8, 16), (16, SCENARIOS)])
    landing.finish()
    return stored_bytes(run)


def assert_finished_as(run, whole):
    found = stored_bytes(run)
    same = {name: content for name, content in found.items() if name != LEDGER}
    assert same == {name: content for name, content in whole.items() if name != LEDGER}
    blocks = [json.loads(line) for line in found[LEDGER].splitlines()][1:]
    wanted = [json.loads(line) for line in whole[LEDGER].splitlines()][1:]
    assert [(each["block"], each["sha256"]) for each in blocks] == [(each["block"], each["sha256"]) for each in wanted]


@settings(max_examples=6, deadline=None)
@given(cuts=CUTS, order=ORDER)
def test_the_bytes_do_not_depend_on_the_chunks(whole, tmp_path_factory, cuts, order):
    run = tmp_path_factory.mktemp("other")
    landing = begun(run)
    spans = chunks(cuts, order)
    take(landing, spans)
    assert landing.capped == len(spans)
    landing.finish()
    assert_finished_as(run, whole)


@settings(max_examples=8, deadline=None)
@given(cuts=CUTS, again=CUTS, order=ORDER, done=st.integers(0, 20), torn=st.floats(0, 1), data=st.data())
def test_a_run_that_was_killed_and_damaged_ends_in_the_same_bytes(
    whole, tmp_path_factory, cuts, again, order, done, torn, data
):
    """Anything may be lost: the end of the ledger, any file, half a file, the right bytes of a file."""
    run = tmp_path_factory.mktemp("killed")
    take(begun(run), chunks(cuts, order)[:done])
    ledger = (run / LEDGER).read_bytes()
    head = ledger.index(b"\n") + 1
    (run / LEDGER).write_bytes(ledger[: head + round(torn * (len(ledger) - head))])
    (run / CHUNKS / "0000000000-0000000004.rows.partial").write_bytes(b"torn")
    files = sorted(path for folder in (CUBE, CHUNKS) for path in (run / folder).rglob("*") if path.is_file())
    for path in data.draw(st.lists(st.sampled_from(files), max_size=3, unique=True)):
        content = path.read_bytes()
        damage = data.draw(st.sampled_from(["lost", "truncated", "altered"]))
        path.write_bytes(content[: len(content) // 2] if damage == "truncated" else content[:-1] + b"!")
        if damage == "lost":
            path.unlink()
    landing = resume(run, new_cube(run))
    for start, stop in list(landing.missing()):
        take(landing, pairwise(sorted({start, stop} | {cut for cut in again if start < cut < stop})))
    landing.finish()
    assert_finished_as(run, whole)
    assert landing.capped <= len(cuts | again | BLOCKS)


def test_only_what_is_missing_is_asked_for(tmp_path):
    landing = begun(tmp_path)
    take(landing, [(2, 4), (8, 16), (20, 23)])
    assert list(landing.missing()) == [(0, 2), (4, 8), (16, 20)]
    assert list(resume(tmp_path, new_cube(tmp_path)).missing()) == [(0, 2), (4, 8), (16, 20)]
    (tmp_path / CUBE / "net_result" / "c" / "1" / "0" / "0").unlink()
    assert list(resume(tmp_path, new_cube(tmp_path)).missing()) == [(0, 2), (4, 8), (8, 16), (16, 20)]


def test_a_block_whose_last_chunk_had_landed_is_joined(tmp_path):
    """Killed between the last chunk of a block and the block."""
    take(begun(tmp_path), [(0, 4)])
    other = tmp_path / "other"
    other.mkdir()
    take(begun(other), [(4, 8)])
    for path in (other / CHUNKS).iterdir():
        shutil.copy(path, tmp_path / CHUNKS)
    with (tmp_path / LEDGER).open("ab") as ledger:
        ledger.write((other / LEDGER).read_bytes().splitlines(keepends=True)[1])
    landing = resume(tmp_path, new_cube(tmp_path))
    assert list(landing.missing()) == [(8, 16), (16, 23)]
    assert list(read_ledger(tmp_path).blocks) == [0]
    assert list((tmp_path / CHUNKS).iterdir()) == []


def test_a_missing_chunk_is_noticed(tmp_path):
    landing = begun(tmp_path)
    take(landing, [(0, 8), (8, 9)])
    with pytest.raises(ValueError, match="only 9 of 23 scenarios were written"):
        landing.finish()


def test_a_chunk_written_twice_is_refused(tmp_path):
    landing = begun(tmp_path)
    take(landing, [(0, 5)])
    with pytest.raises(ValueError, match=r"scenarios 4\.\.7 were written before"):
        take(landing, [(4, 8)])
    take(landing, [(5, 8)])
    with pytest.raises(ValueError, match=r"scenarios 0\.\.4 were written before"):
        take(landing, [(0, 5)])


def test_a_chunk_of_two_blocks_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"scenarios 4\.\.11 are of two blocks of 8"):
        take(begun(tmp_path), [(4, 12)])


def test_a_chunk_that_does_not_fit_leaves_no_trace(tmp_path):
    landing = begun(tmp_path)
    before = stored_bytes(tmp_path)
    with pytest.raises(ValueError, match="net_result is missing"):
        landing.take(0, {name: array[:8] for name, array in WHOLE.items() if name != "net_result"}, capped=0)
    assert stored_bytes(tmp_path) == before


def test_a_ledger_without_its_head_is_named(tmp_path):
    begun(tmp_path)
    (tmp_path / LEDGER).write_bytes(b'{"leadmc"')
    with pytest.raises(InputError, match=r"ledger\.jsonl: damaged. Allowed: a ledger as leadmc wrote it"):
        resume(tmp_path, new_cube(tmp_path))
