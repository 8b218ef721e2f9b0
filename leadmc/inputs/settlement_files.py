"""What a settlement without simulation is made of: who signed what, in YAML, and the ACO's experience, in a table."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from leadmc.base.errors import Fault, InputError
from leadmc.contract.case import Case
from leadmc.contract.programmes import load_agreements
from leadmc.inputs.assumptions import Closed
from leadmc.inputs.experience_table import read_experience
from leadmc.inputs.schema import validated
from leadmc.inputs.settings import Aco, Region, Track
from leadmc.inputs.yaml_text import read_yaml


class SettlementTerms(Closed):
    """Who signed what."""

    tracks: Annotated[tuple[Track, ...], Field(min_length=1, strict=False)] = Field(
        ("professional", "global"), description="tracks to settle"
    )
    aco: Aco = Field(default_factory=Aco, description="what is known of the ACO before it signs")
    aco_share: float = Field(
        Region().aco_share, gt=0, le=1, description="the ACO's share of its region: the national weight of the trend"
    )
    ai_score_effect: float = Field(
        0.0, gt=-1, description="relative change of the risk ratio if the AI-inferred score counted fully"
    )
    rules: dict[str, Any] = Field({}, description="terms of the rule books by their path, laid over them")


def read_case(terms: Path, experience: Path, tracks: tuple[str, ...] = ()) -> tuple[Case, tuple[str, ...]]:
    """Read both files.

    Parameters
    ----------
    terms, experience
        The files.
    tracks
        Instead of those in the file; none for the file's.

    Returns
    -------
    tuple
        The case, and what was defaulted, one sentence each.

    Raises
    ------
    InputError
        Every fault of both, each with its key or its row.
    """
    faults: list[Fault] = []
    stated, agreements = SettlementTerms(), None
    try:
        stated = validated(SettlementTerms, read_yaml(terms) | ({"tracks": list(tracks)} if tracks else {}), terms)
        agreements = load_agreements(stated.rules)
    except InputError as error:
        faults += error.faults
    try:
        told = read_experience(experience, aco_share=stated.aco_share, ai_score_effect=stated.ai_score_effect)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if agreements is None:
        raise InputError(faults)
    signed = (stated.tracks, stated.aco.facts(), stated.rules, agreements)
    return Case(*signed, told.experience, told.last_year), told.notes
