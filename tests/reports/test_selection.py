"""Choosing the best strength earns nothing by itself, and pairs stay pairs."""

import numpy as np
import pandas as pd
import pytest
from synthetic import NONE_LOSS, results_table

from reports.evidence.responses import complete, responses, tunable
from reports.evidence.selection import compare, gains, leave_one_seed_out


def matrix(losses):
    return pd.DataFrame(losses, index=np.linspace(0.1, 0.9, len(losses)))


def test_strength_is_chosen_on_the_other_seeds():
    # means of the first strength over the others: 1.5, 1.5 and 0; of the second: 1
    found = leave_one_seed_out(matrix([[0.0, 0.0, 3.0], [1.0, 1.0, 1.0]]))
    assert found["strength"].tolist() == [0.9, 0.9, 0.1]
    assert found["loss"].tolist() == [1.0, 1.0, 3.0]


def test_no_winners_curse_where_strengths_do_not_differ():
    generator = np.random.default_rng(0)
    tables = generator.normal(0, 1, (200, 20, 6))
    fair = np.mean([leave_one_seed_out(matrix(table))["loss"].mean() for table in tables])
    greedy = np.mean([table.mean(axis=1).min() for table in tables])
    assert fair == pytest.approx(0, abs=0.08)  # four standard errors of 200 means
    assert greedy < -0.5


def test_one_seed_leaves_none_to_choose_on():
    assert leave_one_seed_out(matrix([[0.1], [0.2]]))["loss"].isna().all()
    assert leave_one_seed_out(matrix([[0.1]]))["loss"].tolist() == [0.1]


def test_gain_is_paired_by_seed():
    table = results_table(seeds=4)
    design = table["stage"] == "design"
    shifted = table.assign(valid_loss=table["valid_loss"] + np.where(design, 5.0 * table["seed"], 0))
    assert compare(table, "dropout", "none")["gain"].to_numpy() == pytest.approx(
        compare(shifted, "dropout", "none")["gain"].to_numpy()
    )


def test_gain_over_none_at_every_strength():
    found = gains(results_table(), "dropout").groupby("strength")["gain"].mean()
    assert found.max() == pytest.approx(NONE_LOSS - 0.65, abs=0.02)


def test_a_diverged_network_takes_its_point_and_nothing_else():
    table = results_table(seeds=4)
    rows = responses(table, "dropout").query("width == 8")
    lost = rows["strength"].iloc[0]
    holed = rows.assign(loss=rows["loss"].mask((rows["strength"] == lost) & (rows["seed"] == 2)))
    whole, found = complete(rows), complete(holed)
    assert lost not in found.index
    pd.testing.assert_frame_equal(found, whole.drop(index=lost))


def test_a_seed_that_mostly_diverged_goes_as_a_whole():
    rows = responses(results_table(seeds=4), "dropout").query("width == 8")
    found = complete(rows.assign(loss=rows["loss"].mask((rows["seed"] == 1) & (rows["strength"] > 0.4))))
    assert list(found.columns) == [0, 2, 3]
    assert len(found) == rows["strength"].nunique()


def test_two_networks_at_one_point_and_seed_are_refused():
    table = results_table()
    doubled = pd.concat([table, table.query("arm == 'dropout'")])
    with pytest.raises(ValueError, match=r"the points of design 'dropout' differ in width or keep_prob"):
        responses(doubled, "dropout")


def test_collapsed_strengths_are_not_tunable():
    losses = matrix([[2.3], [0.9], [0.5], [0.9], [2.3]])
    assert tunable(losses).index.tolist() == pytest.approx([0.3, 0.5, 0.7])
