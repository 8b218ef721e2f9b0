"""What a run is: all that its chunks have in common, so that a chunk of one run is never joined to another."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import yaml

import leadmc
from leadmc.base.errors import Fault
from leadmc.base.variables import VARIABLES
from leadmc.cube.store import file_hash
from leadmc.inputs.config import Config, config_hash, resolved_yaml

CONFIG: Final = "config.yaml"
NO_MATTER: Final = ("output.",)
FILES: Final = ("population.file", "region.rate_book")
SAME: Final = "the same as in the run that is continued"
OTHER_BITS: Final = "Its libraries or its processor compute other last digits: continue where the run was begun."


def identity(config: Config, first: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """Fingerprint a run.

    Parameters
    ----------
    config
        Its configuration.
    first
        Its first scenario: what this machine, with these libraries, makes of it.
    """
    return {
        "leadmc": leadmc.__version__,
        "scenarios": config.settings.scenarios,
        "config_sha256": config_hash(config),
        "inputs_sha256": input_hashes(config),
        "first_scenario_sha256": rows_hash(first),
    }


def input_hashes(config: Config) -> dict[str, str]:
    """Hash the files that a configuration names, by their name [hex]."""
    stated = (config.settings.population.file, config.settings.region.rate_book)
    return {Path(file).name: file_hash(Path(file)) for file in stated if file}


def rows_hash(rows: Mapping[str, npt.NDArray[Any]]) -> str:
    """SHA-256 of every variable's numbers, in the order of the registry [hex]."""
    digest = hashlib.sha256()
    for name in (each for each in VARIABLES if each in rows):
        digest.update(np.ascontiguousarray(rows[name]).data)
    return digest.hexdigest()


def differences(run: Path, begun: Mapping[str, Any], config: Config, now: Mapping[str, Any]) -> list[Fault]:
    """Say everything in which a configuration, its files, this leadmc or this machine differ from those of a run.

    Parameters
    ----------
    run
        The run directory.
    begun, now
        Identity of the run, and that of the configuration here and now.
    config
        The configuration.
    """
    faults = []
    if begun["leadmc"] != now["leadmc"]:
        faults.append(Fault("leadmc", now["leadmc"], f"version {begun['leadmc']}, with which the run was begun"))
    faults += _changed_settings((run / CONFIG).read_text(encoding="utf-8"), resolved_yaml(config))
    for name, sha256 in now["inputs_sha256"].items():
        if begun["inputs_sha256"].get(name, sha256) != sha256:
            faults.append(Fault(name, "changed", "the file with which the run was begun"))
    if not faults and begun["config_sha256"] != now["config_sha256"]:
        faults.append(Fault("assumptions and rules", "changed in this copy of leadmc", SAME))
    if not faults and begun["first_scenario_sha256"] != now["first_scenario_sha256"]:
        faults.append(Fault("this machine", "other bits of the first scenario", SAME, OTHER_BITS))
    return faults


def _changed_settings(begun: str, now: str) -> list[Fault]:
    """Compare two resolved configurations key by key; files by their name, for their content has its own hash."""
    old, new = (dict(leaves(yaml.safe_load(text))) for text in (begun, now))
    keys = [key for key in {**old, **new} if not key.startswith(NO_MATTER)]
    return [
        Fault(key, _shown(key, new), f"{_shown(key, old)}, as in the run that is continued")
        for key in keys
        if _shown(key, old) != _shown(key, new)
    ]


def leaves(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a nested configuration under its path, such as ``population.synthetic.beneficiaries``."""
    for key, each in settings.items():
        if isinstance(each, dict) and each:
            yield from leaves(each, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", each


def _shown(key: str, leaves: Mapping[str, Any]) -> str:
    value = leaves.get(key, "nothing")
    return Path(value).name if key in FILES and isinstance(value, str) else str(value)
