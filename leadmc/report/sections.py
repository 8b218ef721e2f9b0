"""The part for the actuary, section by section."""

from collections.abc import Iterator, Mapping
from typing import Any

import xarray as xr

from leadmc.report import evidence, results
from leadmc.report.page import Section
from leadmc.report.paper import Paper
from leadmc.report.words import moved_tracks


def sections(
    paper: Paper, ds: xr.Dataset, record: Mapping[str, Any], moved: Mapping[str, Any] | None = None
) -> Iterator[Section]:
    """Lay out everything that there is data for.

    Parameters
    ----------
    paper
        To draw on.
    ds
        The cube.
    record
        Its summary.
    moved
        What ``leadmc sensitivity`` found, if anybody asked.
    """
    yield results.result(paper, ds, record)
    yield results.course(paper, record)
    if record["pairs"]:
        yield results.choice(paper, record)
    if moved_tracks(record):
        yield results.rate_book(paper, record)
    yield evidence.mean_path(paper, ds, record)
    yield evidence.variance(paper, record)
    if record.get("rule_influence"):
        yield evidence.rules(paper, record)
    if moved:
        yield evidence.sensitivity(moved)
    yield evidence.enough(paper, ds, record)
