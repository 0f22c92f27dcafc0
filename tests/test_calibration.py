"""Whether expected errors are right: what would be wrong if the code were wrong."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from dlcolorize.calibration import calibration_error, squared_errors, sums_of_tenths
from dlcolorize.heads import DistributionHead

RESULTS = Path(__file__).parents[1] / "results" / "robustness"


def drawn(head, scores, generator):
    "Colors drawn from distributions: (n, 2, h, w)."
    likely = (scores - head.weights.log()[:, None, None]).softmax(1)
    flat = likely.permute(0, 2, 3, 1).flatten(0, 2)
    bins = torch.multinomial(flat, 1, generator=generator)[:, 0]
    shape = scores.shape[0], *scores.shape[2:], 2
    return head.grid.centers[bins].view(shape).permute(0, 3, 1, 2)


@pytest.mark.parametrize("choice", [(1.0, 1.0), (0.0, 0.7)])
def test_a_distribution_that_is_right_is_calibrated(choice):
    generator = torch.Generator().manual_seed(0)
    grid = DistributionHead().grid
    weights = torch.rand(len(grid.centers), generator=generator) + 0.5
    head = DistributionHead(weights=weights)
    width = torch.rand(8, 1, 48, 48, generator=generator) * 0.25 + 0.05  # of the distribution
    middle = torch.rand(8, 1, 48, 48, 2, generator=generator) * 0.6 - 0.3
    far = (middle - grid.centers[:, None, None]).square().sum(-1)
    scores = -far / width.square() + head.weights.log()[:, None, None]
    truth = drawn(head, scores, generator)
    errors = squared_errors(head, scores, truth, *choice)
    expected, true = (each.flatten(1).numpy() for each in errors)
    error, interval = calibration_error(sums_of_tenths(expected, true), samples=50)
    assert error < 0.4 and interval < 0.5
    # Scores that are too peaked expect less than they get
    errors = squared_errors(head, scores * 3, truth, *choice)
    too_sure, true = (each.flatten(1).numpy() for each in errors)
    assert too_sure.mean() < true.mean()
    assert calibration_error(sums_of_tenths(too_sure, true), samples=5)[0] > 3


def test_the_tenths_hold_all_places_in_order():
    expected = np.random.default_rng(0).permutation(5000).reshape(50, 100) / 10 + 1
    sums = sums_of_tenths(expected, expected)
    assert np.array_equal(sums[..., 2].sum(0), np.full(10, 500))
    assert (np.diff(sums[..., 0].sum(0)) > 0).all()
    assert np.allclose(sums[..., 0].sum(1), expected.sum(1))
    assert calibration_error(sums, samples=5) == (0, 0)


def test_the_committed_tables_agree():
    errors = pd.read_csv(RESULTS / "calibration.csv").set_index(["of", "set"])
    tenths = pd.read_csv(RESULTS / "reliability.csv")
    for key, part in tenths.groupby(["of", "set"]):
        error = np.average((part.expected - part.true).abs(), weights=part.places)
        assert np.isclose(error, errors.loc[key, "calibration_error"], rtol=0.01)
