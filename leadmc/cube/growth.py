"""More scenarios for a run that is done with those it was begun with: whole blocks are added, and none is touched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from leadmc.cube.identity import CONFIG
from leadmc.cube.landing import Landing, read_ledger, rename
from leadmc.cube.landing import resume as continued
from leadmc.cube.run_directory import write_whole
from leadmc.cube.store import BLOCK, Cube

SCENARIOS = "scenarios"


def whole_blocks(scenarios: int) -> int:
    """Round a number of scenarios up so that no block of the cube is left open."""
    return -(-scenarios // BLOCK) * BLOCK


def begun_with(place: Path, stated: int) -> int:
    """Scenarios that a run in this directory has grown to; as many as stated where it has not begun.

    The ledger counts: a run killed while it grew may have a configuration that still says fewer.
    """
    if not (place / CONFIG).is_file():
        return stated
    grown = int(read_ledger(place).identity.get(SCENARIOS, stated))
    written = yaml.safe_load((place / CONFIG).read_text(encoding="utf-8"))
    if written[SCENARIOS] != grown:
        write_whole(place / CONFIG, yaml.safe_dump(written | {SCENARIOS: grown}, sort_keys=False, allow_unicode=True))
    return grown


def grown(place: Path, cube: Cube, identity: Mapping[str, Any], resolved: str) -> Landing:
    """Give a run another size: what it has stays, under the ledger head and the configuration of the new size."""
    rename(place, identity)
    write_whole(place / CONFIG, resolved)
    return continued(place, cube)
