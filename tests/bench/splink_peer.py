"""The peer: the same profiles linked by a plain Splink 5 model, written from its documentation.

Cleaned columns (our own standardised ``profiles``), stock comparisons, term frequencies, several blocking rules,
``u`` by random sampling, ``m`` by expectation maximisation over three blocks, connected components at a threshold.
Nothing of Doudi's own comparisons, rules or decisions.
"""

import logging
import math

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

# Exact repeats of one description (a valid id, and all that is compared) are one record, so that the peer does not
# compare what need not be compared; what shows no valid id stays a record of its own.
RECORDS = """
CREATE OR REPLACE TABLE held AS
SELECT profile_key, min(profile_key) OVER (
        PARTITION BY CASE WHEN id_no IS NULL OR name IS NULL THEN profile_key END,
            id_no, name, birth, sex, phone, township, village, agency_key) AS unique_id
FROM (SELECT *, CASE WHEN birth_precision = 'day' THEN birth_date END AS birth FROM described);

CREATE OR REPLACE TABLE people AS
SELECT profile_key AS unique_id, name, name_pinyin AS pinyin, name_family AS family,
    CASE WHEN id_kind NOT IN ('missing', 'excel_sci', 'masked') THEN coalesce(id_no, id_seen) END AS id,
    CASE WHEN birth_precision = 'day' THEN birth_date END AS birth,
    sex, phone, township, village, {numbers}
FROM described WHERE profile_key IN (SELECT unique_id FROM held);
"""

# The agencies' own numbers of a person that stand on more than one list, each a column as it came.
NUMBERS = ("psn_no", "student_no")
RECORDS = RECORDS.replace(
    "{numbers}",
    ", ".join(f"CASE WHEN agency_key LIKE '{name}:%' THEN agency_key END AS {name}" for name in NUMBERS),
)

# Usual thresholds of match probability; the best one by the truth is taken, which is more than a user could do.
THRESHOLDS = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)

PREDICTS = (
    block_on("id"),
    block_on("name", "birth"),
    block_on("pinyin", "birth"),
    block_on("family", "birth"),
    block_on("name", "village"),
    block_on("name", "phone"),
    block_on("birth", "village", "sex"),
    block_on("substr(id, 1, 14)", "name"),
    block_on("substr(id, 9, 10)", "sex"),
    *(block_on(number) for number in NUMBERS),
)
TRAINS_M = (block_on("id"), block_on("name", "birth"), block_on("psn_no"))
SURE = ("l.id = r.id AND l.name = r.name", "l.name = r.name AND l.birth = r.birth AND l.village = r.village")
SURE_RECALL = 0.6
# As many as Doudi draws for its own training; with a million the u of nearly equal ids stays untrained.
RANDOM_PAIRS = 5e6
SEED = 1


NAME = cl.NameComparison("name").configure(term_frequency_adjustments=True)


def placed():
    """Village, else township."""
    return cl.CustomComparison(
        [
            cll.And(cll.NullLevel("village"), cll.NullLevel("township")).configure(is_null_level=True),
            cll.ExactMatchLevel("village").configure(tf_adjustment_column="village"),
            cll.ExactMatchLevel("township"),
            cll.ElseLevel(),
        ],
        output_column_name="place",
    )


def settings():
    """The model as Splink takes it."""
    comparisons = [
        NAME,
        cl.LevenshteinAtThresholds("id", [1, 2]).configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("birth", input_is_string=False),
        cl.ExactMatch("sex"),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        placed(),
        *(cl.ExactMatch(number) for number in NUMBERS),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=list(PREDICTS),
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def run(con, quality, now, since):
    """Train, score and cluster over the table ``described``; give seconds and what was found by threshold.

    ``now`` and ``since`` take the time; ``quality`` measures the table ``linked(profile_key, cluster)`` as it stands when it is called.
    """
    logging.getLogger("splink").disabled = True
    begun = now()
    con.execute(RECORDS)
    people = DuckDBAPI(con).register("people")
    readied = now()
    linker = Linker(people, settings(), log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match(list(SURE), recall=SURE_RECALL)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for block in TRAINS_M:
        training.estimate_parameters_using_expectation_maximisation(block)
    trained = now()
    scored = linker.inference.predict(threshold_match_probability=min(THRESHOLDS), warning_mode="never")
    predicted = now()
    found = []
    for threshold in THRESHOLDS:
        started = now()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold)
        con.execute(f"""
            CREATE OR REPLACE TABLE linked AS
            SELECT held.profile_key, cluster_id AS cluster
            FROM held JOIN {clusters.physical_name} USING (unique_id)""")
        found.append((threshold, since(started), quality()))
    return {
        "records": _count(con, "people"),
        "edges": _count(con, scored.physical_name),
        "train": since(readied, trained),
        "ready": since(begun, readied),
        "predict": since(trained, predicted),
        "thresholds": found,
        "model": linker.misc.save_model_to_json(),
    }


def _count(con, table):
    return con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def summary(model):
    """Lines: what the model compares and what each level came to be worth, in bits."""
    blocks = "; ".join(rule["blocking_rule"] for rule in model["blocking_rules_to_generate_predictions"])
    yield f"    blocks: {blocks}"
    yield f"    prior {math.log2(model['probability_two_random_records_match']):.1f} bits"
    for comparison in model["comparisons"]:
        levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
        told = ", ".join(f"{one['label_for_charts']} {_bits(one)}" for one in levels)
        yield f"    {comparison['output_column_name']}: {told}"


def _bits(level):
    m, u = level.get("m_probability"), level.get("u_probability")
    return (
        f"{math.log2(m / u):+.1f}"
        if isinstance(m, float) and isinstance(u, float) and m and u
        else "untrained"
    )
