"""The configuration file: what is valid, what it means, and the words for everything that is not."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from leadmc.base.errors import InputError
from leadmc.contract.book import neutral_overrides
from leadmc.contract.experience import AcoFacts
from leadmc.contract.programmes import load_lead
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.config import Config, config_hash, json_schema, load_config, resolved_yaml
from leadmc.inputs.rate_book import RateBook
from leadmc.inputs.settings import SAMPLERS, WORSE_BY, WORSE_WORLD, Settings
from leadmc.inputs.template import EXAMPLES, config_text

SMALLEST = "name: smallest\nseed: 7\nscenarios: 1000\npopulation: {synthetic: {beneficiaries: 5000}}\n"
NO_RATES = RateBook((), (), (), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(2), "")
TRACKS = "'professional', 'global', 'mssp-enhanced', 'mssp-basic-e', 'reach-global', 'reach-professional' or 'stay-out'"
KEYS = "name, seed, scenarios, sampler, population, region, tracks, assumptions, rules, output"


def written(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(tmp_path, text):
    with pytest.raises(InputError) as error:
        load_config(written(tmp_path, text))
    return [line.removeprefix("  - ") for line in str(error.value).splitlines()[1:]]


def with_population(text):
    return SMALLEST.replace("{synthetic: {beneficiaries: 5000}}", text)


def test_the_smallest_configuration_has_every_default(tmp_path):
    config = load_config(written(tmp_path, SMALLEST))
    assert config.settings.tracks == ("professional", "global")
    assert config.settings.sampler.kind == "plain"
    assert config.settings.population.aco.facts() == AcoFacts()
    assert config.assumptions == load_assumptions()
    assert config.terms.lead == load_lead()
    assert len(config.rate_book.county_fips) == 3214


@pytest.mark.parametrize(
    "more",
    [
        "assumptions: {preset: noise-only}",
        "tracks: [professional, global]",
        "tracks: [global]",
        "sampler: sobol",
        "sampler: lhs",
        "sampler: {kind: antithetic, control: true}",
        "sampler: {kind: sobol, replicates: 4}",
        "rules: {rate_book.mode: LINEAR5, add_on.duration: 5}",
        "assumptions: {national_trend: {starting_deviation: -0.035}}",
        "output: {chunk: 37}",
    ],
)
def test_valid_additions_survive_being_written_and_read(tmp_path, more):
    config = load_config(written(tmp_path, SMALLEST + more))
    again = load_config(written(tmp_path, resolved_yaml(config)))
    assert again == config
    assert config_hash(again) == config_hash(config)


@pytest.mark.parametrize("text", ["\ufeff" + SMALLEST, SMALLEST.replace("\n", "\r\n"), SMALLEST + "\n\n# end\n"])
def test_byte_order_mark_line_ends_and_comments_change_nothing(tmp_path, text):
    assert load_config(written(tmp_path, text)) == load_config(written(tmp_path, SMALLEST))


def test_noise_only_knows_no_discount_and_no_adjustment(tmp_path):
    config = load_config(
        written(tmp_path, SMALLEST + "assumptions: {preset: noise-only}\nrules: {quality.at_risk: 0.02}")
    )
    assert config.terms.lead == load_lead(neutral_overrides() | {"quality.at_risk": 0.02})


def test_sobol_is_replicated_unless_told_otherwise(tmp_path):
    assert load_config(written(tmp_path, SMALLEST + "sampler: sobol")).settings.sampler.replicates == 16
    whole = SMALLEST.replace("scenarios: 1000", "scenarios: 1024")
    tilted = load_config(written(tmp_path, whole + "sampler: importance")).settings.sampler
    assert (tilted.shift, tilted.direction) == (WORSE_BY, dict(WORSE_WORLD))


def test_facts_of_a_renewing_aco(tmp_path):
    text = (
        "{synthetic: {beneficiaries: 9}, aco: {entering: renewing, predecessor: mssp, prior_savings_pbpm: {2025: 12}}}"
    )
    config = load_config(written(tmp_path, with_population(text)))
    assert config.settings.population.aco.facts() == AcoFacts("renewing", "mssp", (0.0, 12.0, 0.0), 1.0)


def test_files_are_found_beside_the_configuration(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "roster.csv").write_text("x")
    config = load_config(written(tmp_path, with_population("{file: data/roster.csv}")))
    assert config.settings.population.file == str((tmp_path / "data" / "roster.csv").resolve())


def test_a_users_rate_book_is_used(tmp_path):
    (tmp_path / "rates.csv").write_text("county_fips,aged_disabled_pbpm,esrd_pbpm\n01001,1000,9000\n")
    text = with_population("{synthetic: {beneficiaries: 9, counties: ['01001'], weights: [1.0]}}")
    config = load_config(written(tmp_path, text + "region: {rate_book: rates.csv}"))
    assert config.rate_book.county_fips == ("01001",)


def test_values_of_the_command_line_are_validated_like_those_of_the_file(tmp_path):
    path = written(tmp_path, SMALLEST)
    assert load_config(path, {"seed": 8, "scenarios": 10}).settings.seed == 8
    with pytest.raises(InputError, match=r"seed: -1. Allowed: greater than or equal to 0."):
        load_config(path, {"seed": -1})


def test_the_hash_follows_what_can_change_a_result(tmp_path):
    def hashed(more):
        return config_hash(load_config(written(tmp_path, SMALLEST + more)))

    assert hashed("") == hashed("output: {chunk: 9}") == hashed("tracks: [professional, global]")
    different = ["", "tracks: [global]", "sampler: sobol", "rules: {quality.at_risk: 0.02}", "region: {aco_share: 0.2}"]
    assert len({hashed(more) for more in different}) == len(different)


def test_the_hash_ignores_the_folder(tmp_path):
    hashes = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "roster.csv").write_text("x")
        hashes.add(config_hash(load_config(written(tmp_path / name, with_population("{file: roster.csv}")))))
    assert len(hashes) == 1


def test_faults_of_all_sections_come_at_once(tmp_path):
    text = """\
nme: x
seed: 1e3
scenarios: "5"
population:
  synthetic: {beneficiries: 0, counties: [01001, 36059]}
  aco: {entering: renewng, prior_savings_pbpm: {x: 2}}
  base_years: observd
tracks: [stay-out, mssp, glob]
sampler: {kind: sobl}
output: 3
region:
assumptions: {preset: noise-only, natonal_trend: {mu: 3}, quality: {mean: 2}}
rules: {rate_book.mod: X, quality.at_risk: 3}
1: 2
"""
    quotes = "Write it without quotes; YAML wants a point and a sign with an exponent (1.0e-3)."
    found = faults(tmp_path, text)
    assert found[:15] == [
        "run.yaml, name: missing. Allowed: a value for every compulsory key. Add name.",
        f"run.yaml, seed: '1e3'. Allowed: a whole number. {quotes}",
        f"run.yaml, scenarios: '5'. Allowed: a whole number. {quotes}",
        "run.yaml, sampler.kind: 'sobl'. Allowed: 'plain', 'antithetic', 'lhs', 'sobol' or 'importance'.",
        "run.yaml, population.synthetic.beneficiaries: missing. Allowed: a value for every compulsory key. Add"
        " beneficiaries.",
        "run.yaml, population.synthetic.counties.0: 513. Allowed: a five-digit county code (FIPS). Quote codes that"
        " begin"
        ' with 0: "01001".',
        "run.yaml, population.synthetic.beneficiries: unknown key. Allowed: the keys beneficiaries, counties, weights,"
        " voluntary_share. Did you mean beneficiaries?",
        "run.yaml, population.base_years: 'observd'. Allowed: 'simulated' or 'observed'.",
        "run.yaml, population.aco.entering: 'renewng'. Allowed: 'new' or 'renewing'.",
        f"run.yaml, population.aco.prior_savings_pbpm.x: 'x'. Allowed: a whole number. {quotes}",
        "run.yaml, region: None. Allowed: a map. Leave the key out for its default.",
        f"run.yaml, tracks.1: 'mssp'. Allowed: {TRACKS}.",
        f"run.yaml, tracks.2: 'glob'. Allowed: {TRACKS}.",
        "run.yaml, output: 3. Allowed: a map.",
        f"run.yaml, nme: unknown key. Allowed: the keys {KEYS}. Did you mean name?",
    ]
    assert found[15] == f"run.yaml, 1: unknown key. Allowed: the keys {KEYS}."
    assert [line.split(":")[0] for line in found[16:18]] == [
        "run.yaml, assumptions.natonal_trend",
        "run.yaml, assumptions.quality.mean",
    ]
    assert all(line.startswith("run.yaml, rules") for line in found[18:])
    assert len(found) == 20


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SMALLEST.replace("7", "-1"), "seed: -1. Allowed: greater than or equal to 0."),
        (SMALLEST.replace("7", "1.5"), "seed: 1.5. Allowed: a whole number."),
        (SMALLEST.replace("7", "true"), "seed: True. Allowed: a whole number."),
        (SMALLEST.replace("7", str(2**64)), f"seed: {2**64}. Allowed: less than or equal to {2**64 - 1}."),
        (SMALLEST.replace("1000", "0"), "scenarios: 0. Allowed: greater than or equal to 1."),
        (SMALLEST + "tracks: []", "tracks. Allowed: at least one entry."),
        (SMALLEST + "tracks: global", "tracks: 'global'. Allowed: a list."),
        (SMALLEST + "assumptions: [1]", "assumptions. Allowed: a map."),
        (SMALLEST + "assumptions: {1: 2}", "assumptions.1: 1. Allowed: text."),
        (SMALLEST + "region: {aco_share: .nan}", "region.aco_share: nan. Allowed: a finite number."),
        (SMALLEST + "region: {aco_share: x}", "region.aco_share: 'x'. Allowed: a number. Write it without quotes; YAML"
         " wants a point and a sign with an exponent (1.0e-3)."),
        (SMALLEST + "sampler: {replicates: 3}", "sampler. Allowed: replicates: 1 with the plain sampler. Leave"
         " replicates out."),
        (SMALLEST + "sampler: {kind: importance, control: true}", "sampler. Allowed: control: false with the importance"
         " sampler, which controls already. Leave control out."),
        (SMALLEST + "sampler: {kind: importance, direction: {}}", "sampler. Allowed: a direction with at least one"
         " driver that is not 0. Leave direction out for the default."),
        (SMALLEST + "sampler: {kind: lhs, shift: 1.0}", "sampler. Allowed: shift and direction with the importance"
         " sampler only. Leave them out."),
        (SMALLEST + "sampler: {kind: sobol, replicates: 1}", "sampler. Allowed: at least 2 replicates with the sobol"
         " sampler. One scrambling has no standard error."),
        (SMALLEST + "rules: {mixture: {a: {b: 1}}}", "rules: mixture, a. Allowed: a path of the rule book (`leadmc"
         " rules` lists them)."),
        (SMALLEST.replace("smallest", '"a\\nb"'), r"name: 'a\nb'. Allowed: text on one line."),
        (SMALLEST.replace("smallest", '""'), "name: ''. Allowed: String should have at least 1 character."),
        (with_population("{}"), "population. Allowed: either file or synthetic. Give one of the two."),
        (with_population("{synthetic: {beneficiaries: 9, counties: ['37183', '37183']}}"),
         "population.synthetic. Allowed: every county once."),
        (with_population("{synthetic: {beneficiaries: 9, weights: [1.0]}}"),
         "population.synthetic. Allowed: as many weights as counties (5)."),
        (with_population("{synthetic: {beneficiaries: 9}, aco: {entering: renewing}}"),
         "population.aco. Allowed: entering: renewing with predecessor mssp or reach; entering: new with predecessor"
         " none."),
        (with_population("{synthetic: {beneficiaries: 9}, aco: {prior_savings_pbpm: {2023: 0}}}"),
         "population.aco. Allowed: prior_savings_pbpm for the base years 2024, 2025, 2026."),
        (with_population("{synthetic: {beneficiaries: 9}, aco: {prior_savings_pbpm: {2024: 3}}}"),
         "population.aco. Allowed: no prior_savings_pbpm without a predecessor."),
        (with_population("{synthetic: {beneficiaries: 9, counties: ['99999']}}"),
         "population.synthetic.counties: 99999. Allowed: five-digit county codes (FIPS) of the rate book. Check the"
         " code, or give a rate book that has the county (region.rate_book). Connecticut is known by its eight"
         " counties, 09001 to 09015, not by its planning regions."),
    ],
)  # fmt: skip
def test_one_fault(tmp_path, text, fault):
    assert faults(tmp_path, text) == [f"run.yaml, {fault}"]


def test_faults_between_top_level_keys(tmp_path):
    assert faults(tmp_path, SMALLEST + "tracks: [global, global]") == ["run.yaml. Allowed: tracks: every track once."]


def test_missing_files_are_all_named(tmp_path):
    assert faults(tmp_path, with_population("{file: none.csv}") + "region: {rate_book: no.csv}") == [
        "run.yaml, population.file: 'none.csv'. Allowed: a file that exists. Paths are relative to the configuration"
        f" file; looked for {tmp_path / 'none.csv'}.",
        "run.yaml, region.rate_book: 'no.csv'. Allowed: a file that exists. Paths are relative to the configuration"
        f" file; looked for {tmp_path / 'no.csv'}.",
    ]


def test_counties_need_weights_where_the_rate_book_has_no_people(tmp_path):
    (tmp_path / "rates.csv").write_text("county_fips,aged_disabled_pbpm,esrd_pbpm\n01001,1000,9000\n")
    text = with_population("{synthetic: {beneficiaries: 9, counties: ['01001']}}") + "region: {rate_book: rates.csv}"
    assert faults(tmp_path, text) == [
        "run.yaml, population.synthetic.counties. Allowed: counties whose person-years the rate book knows. Give"
        " population.synthetic.weights."
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "run.yaml: empty. Allowed: a map of settings. Start from `leadmc init`."),
        ("# nothing\n", "run.yaml: empty. Allowed: a map of settings. Start from `leadmc init`."),
        ("- a\n", "run.yaml: a list. Allowed: a map of settings. Write one `key: value` a line."),
        ("word", "run.yaml: a str. Allowed: a map of settings. Write one `key: value` a line."),
        (SMALLEST + "seed: 8\n", "run.yaml, line 5, column 1: key seed stands twice (first in line 2). Allowed:"
         " valid YAML, every key once."),
        ("a: [1\nb: 2", "run.yaml, line 2, column 2: expected ',' or ']', but got ':'. Allowed: valid YAML, every"
         " key once."),
        ("a: !!python/object/apply:os.getcwd []", "run.yaml, line 1, column 4: could not determine a constructor for"
         " the tag 'tag:yaml.org,2002:python/object/apply:os.getcwd'. Allowed: valid YAML, every key once."),
        ("a: 2026-99-99", "run.yaml: month must be in 1..12. Allowed: valid YAML."),
        ("[" * 1_000, "run.yaml: nested too deeply. Allowed: maps and lists a few levels deep."),
        ("a: \x00", "run.yaml: unacceptable character #x0000: special characters are not allowed. Allowed: valid"
         " YAML."),
    ],
)  # fmt: skip
def test_what_is_not_a_map_in_yaml(tmp_path, text, fault):
    assert faults(tmp_path, text) == [fault]


def test_what_is_not_a_readable_file(tmp_path):
    for path, fault in (
        (tmp_path / "none.yaml", "no such file. Allowed: a configuration file. Check the path."),
        (tmp_path, "a directory. Allowed: a configuration file. Name a file in it."),
        (written(tmp_path, b"\xff\xfea"), "not UTF-8 text. Allowed: YAML in UTF-8. Save the file as UTF-8."),
    ):
        with pytest.raises(InputError) as error:
            load_config(path)
        assert str(error.value) == f"1 fault in the input:\n  - {path}: {fault}"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80) | st.binary(max_size=80))
def test_no_text_whatever_causes_anything_but_an_input_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("hostile") / "run.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError):
        load_config(path)


NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=120)
COUNTIES = st.lists(st.integers(1001, 78999).map("{:05d}".format), min_size=1, max_size=6, unique=True)


@st.composite
def configurations(draw):
    counties = draw(COUNTIES)
    positive = st.floats(1e-300, 1e300)
    weights = draw(st.none() | st.lists(positive, min_size=len(counties), max_size=len(counties)))
    renewing = draw(st.booleans())
    savings = st.dictionaries(st.sampled_from([2024, 2025, 2026]), st.floats(allow_nan=False, allow_infinity=False))
    return {
        "name": draw(NAMES),
        "seed": draw(st.integers(0, 2**64 - 1)),
        "scenarios": draw(st.integers(1, 10**6)),
        "sampler": draw(st.sampled_from(["plain", "sobol", {"kind": "sobol", "replicates": 2}, {}])),
        "population": {
            "synthetic": {"beneficiaries": draw(st.integers(1, 10**7)), "counties": counties, "weights": weights},
            "aco": {
                "entering": "renewing" if renewing else "new",
                "predecessor": draw(st.sampled_from(["mssp", "reach"])) if renewing else "none",
                "prior_savings_pbpm": draw(savings) if renewing else {},
            },
        },
        "region": {"aco_share": draw(st.floats(5e-324, 1.0))},
        "tracks": draw(st.permutations(["professional", "global"])),
        "output": {"chunk": draw(st.integers(1, 10**6))},
    }


@settings(max_examples=60, deadline=None)
@given(configurations())
def test_settings_survive_yaml(values):
    stated = Settings.model_validate(values)
    config = Config(stated, load_assumptions(), load_lead(), NO_RATES)
    assert Settings.model_validate(yaml.safe_load(resolved_yaml(config))) == stated


def test_the_template_reads_back_as_what_was_stated(tmp_path):
    values = {"name": "a: b # c", "seed": 7, "scenarios": 1000, "population": {"synthetic": {"beneficiaries": 5000}}}
    config = load_config(written(tmp_path, config_text(values)))
    assert config.settings == Settings.model_validate(values)


def test_the_template_shows_and_explains_every_key():
    text = config_text({"name": "a", "seed": 7, "scenarios": 8, "population": {"file": "roster.csv"}})
    for key in (*KEYS.split(", "), "file", "base_years", "entering", "prior_savings_pbpm", "aco_share", "chunk"):
        assert f"{key}:" in text
    assert "  file: roster.csv\n" in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_examples_of_the_template_are_valid(tmp_path):
    values = yaml.safe_load(SMALLEST) | dict(EXAMPLES)
    config = load_config(written(tmp_path, config_text(values)))
    assert config.terms.lead.rate_book.mode == "LINEAR5"
    assert config.assumptions.national_trend.starting_deviation == -0.035


def test_the_exported_schema_is_current():
    exported = Path(__file__).parents[2] / "configs" / "leadmc.schema.json"
    current = json.dumps(json_schema(), indent=2) + "\n"
    assert exported.read_text(encoding="utf-8") == current, "write json_schema() to configs/leadmc.schema.json"


def test_shares_of_importance_sampling_are_whole(tmp_path):
    assert faults(tmp_path, SMALLEST + "sampler: importance") == [
        "run.yaml. Allowed: scenarios: a multiple of 64 with the importance sampler, whose shares are fixed."
    ]


def test_the_schema_tells_editors_what_the_reader_accepts():
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"name", "seed", "scenarios", "population"}
    assert schema["$defs"]["Sampler"]["anyOf"][0] == {"enum": list(SAMPLERS)}
    assert all(
        "description" in field or "$ref" in field
        for record in (schema, *schema["$defs"].values())
        for field in record.get("properties", {}).values()
    )
