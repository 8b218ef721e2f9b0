"""An assumptions file beneath a configuration: the configuration wins, and a run directory needs no second file."""

import pytest
import yaml

from leadmc.base.errors import InputError
from leadmc.inputs.config import load_config, resolved_yaml

CONFIG = "name: a\nseed: 1\nscenarios: 10\npopulation: {synthetic: {beneficiaries: 500}}\n"
FITTED = "coding: {drift_sd: 0.0129, drift: 0.002}\nregional_level: {innovation_sd: 0.0131}\n"


@pytest.fixture
def config(tmp_path):
    (tmp_path / "fitted.yaml").write_text(FITTED)

    def write(assumptions, included=FITTED):
        (tmp_path / "fitted.yaml").write_text(included)
        (tmp_path / "config.yaml").write_text(f"{CONFIG}assumptions: {assumptions}\n")
        return tmp_path / "config.yaml"

    return write


def faults_of(path):
    with pytest.raises(InputError) as caught:
        load_config(path)
    return str(caught.value)


def test_the_configuration_is_laid_over_the_file_and_the_file_over_the_preset(config):
    a = load_config(config("{preset: noise-only, file: fitted.yaml, coding: {drift: 0.001}}")).assumptions
    assert (a.coding.drift, a.coding.drift_sd) == (0.001, 0.0129)
    assert a.regional_level.innovation_sd == 0.0131
    assert a.county_level.innovation_sd == 0.0


def test_what_is_resolved_stands_alone(config, tmp_path):
    loaded = load_config(config("{file: fitted.yaml}"))
    text = resolved_yaml(loaded)
    assert yaml.safe_load(text)["assumptions"]["coding"] == {"drift_sd": 0.0129, "drift": 0.002}
    (tmp_path / "fitted.yaml").unlink()
    (tmp_path / "again.yaml").write_text(text)
    assert load_config(tmp_path / "again.yaml") == loaded


def test_faults_of_the_included_file(config):
    assert "elsewhere.yaml: no such file" in faults_of(config("{file: elsewhere.yaml}"))
    assert "config.yaml, assumptions.file: 3. Allowed: the name of a file of assumptions." in faults_of(
        config("{file: 3}")
    )
    text = faults_of(config("{file: fitted.yaml}", "preset: noise-only\nfile: other.yaml\n"))
    assert "fitted.yaml, file: 'other.yaml'. Allowed: assumptions only. State file in config.yaml." in text
    assert "fitted.yaml, preset: 'noise-only'" in text
    assert "assumptions.codding: unknown key" in faults_of(config("{file: fitted.yaml}", "codding: {drift: 1}\n"))
