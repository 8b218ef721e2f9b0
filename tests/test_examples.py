"""The example configurations: valid, and the shipped roster is what the generator makes."""

from pathlib import Path

import pytest
from small_runs import reference

from leadmc.commands.beginnings import EXAMPLE_PEOPLE
from leadmc.inputs.config import load_config
from leadmc.inputs.panel import synthetic_roster
from leadmc.inputs.roster import read_roster, write_roster
from leadmc.inputs.settings import Synthetic

CONFIGS = Path(__file__).parents[1] / "configs"
EXAMPLES = sorted(CONFIGS.glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid_and_named_after_its_file(path):
    assert load_config(path).settings.name == path.stem


def test_the_quickstart_is_an_aco_of_ordinary_size_on_both_tracks():
    settings = load_config(CONFIGS / "quickstart.yaml").settings
    assert (settings.scenarios, settings.seed) == (2000, 2027)
    assert settings.population.synthetic.beneficiaries == 12_000
    assert settings.tracks == ("professional", "global")


def test_the_shipped_roster_is_what_the_generator_makes(tmp_path):
    config = load_config(CONFIGS / "roster.yaml")
    people = reference(config.assumptions.people)
    rows = synthetic_roster(Synthetic(beneficiaries=EXAMPLE_PEOPLE), config.rate_book, people)
    write_roster(tmp_path / "roster.csv", rows)
    shipped = CONFIGS / "example-roster.csv"
    assert Path(config.settings.population.file) == shipped
    assert shipped.read_text() == (tmp_path / "roster.csv").read_text()


def test_the_shipped_roster_needs_no_mending():
    config = load_config(CONFIGS / "roster.yaml")
    roster = read_roster(CONFIGS / "example-roster.csv", config.rate_book, female_share=0.5)
    assert roster.population.age.size == 2000
    assert roster.notes == ()
