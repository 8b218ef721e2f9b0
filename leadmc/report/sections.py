"""The part for the actuary, section by section."""

from collections.abc import Iterator, Mapping
from typing import Any

import xarray as xr

from leadmc.report import evidence, results
from leadmc.report.page import Section
from leadmc.report.words import moved_tracks


def sections(ds: xr.Dataset, record: Mapping[str, Any], moved: Mapping[str, Any] | None = None) -> Iterator[Section]:
    """Lay out everything that there is data for.

    Parameters
    ----------
    ds
        The cube.
    record
        Its summary.
    moved
        What ``leadmc sensitivity`` found, if anybody asked.
    """
    yield results.result(ds, record)
    yield results.course(record)
    if record["pairs"]:
        yield results.choice(record)
    if moved_tracks(record):
        yield results.rate_book(record)
    yield evidence.mean_path(ds, record)
    yield evidence.variance(record)
    if record.get("rule_influence"):
        yield evidence.rules(record)
    if moved:
        yield evidence.sensitivity(moved)
    yield evidence.enough(ds, record)
