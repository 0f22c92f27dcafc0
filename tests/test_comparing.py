"""The statistics of comparing.py: every expected number was calculated by hand or with a table."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dlcolorize.comparing import (
    by_training,
    compare,
    compare_all,
    contrast,
    from_to,
    holm,
    listed,
    mean_interval,
    median_difference,
    paired_bootstrap,
    plus_minus,
    pooled_difference,
)
from dlcolorize.metrics import GRAY_COPY

T_2, T_3, T_4 = 4.302653, 3.182446, 2.776445  # 97.5 % quantiles of Student's t, from a table


def test_holm_multiplies_by_what_is_left_and_keeps_the_order():
    # sorted: 0.01, 0.015, 0.02, 0.04; times 4, 3, 2, 1: 0.04, 0.045, 0.04, 0.04; no value falls
    found = holm(pd.Series({'a': 0.02, 'b': 0.01, 'c': 0.04, 'd': 0.015}))
    assert found.round(9).to_dict() == {'a': 0.045, 'b': 0.04, 'c': 0.045, 'd': 0.045}


def test_holm_never_exceeds_one_and_never_goes_below_the_p_value():
    p = pd.Series([0.9, 0.6, 0.001, 0.3])
    found = holm(p)
    assert found.tolist() == pytest.approx([1.0, 1.0, 0.004, 0.9])
    assert (found >= p).all()


def test_holm_counts_comparisons_without_a_p_value_and_planned_ones():
    missing = holm(pd.Series([0.01, np.nan, 0.02]))
    assert missing[0] == pytest.approx(0.03) and missing[2] == pytest.approx(0.04)
    assert np.isnan(missing[1])
    planned = holm(pd.Series([0.01, 0.02]), comparisons=10)
    assert planned.tolist() == pytest.approx([0.1, 0.18])


def test_mean_interval_is_the_t_interval():
    # mean 2.5; deviations -1.5, -0.5, 0.5, 1.5: variance 5/3, of the mean 5/12
    found = mean_interval([1.0, 2.0, 3.0, np.nan, 4.0])
    assert found['mean'] == 2.5
    assert found.half == pytest.approx(T_3 * (5 / 12) ** 0.5, rel=1e-6)
    # t = 2.5 / 0.645497 = 3.872983 with 3 degrees of freedom, whose p has a closed form
    t = 2.5 / (5 / 12) ** 0.5
    x = t / 3 ** 0.5
    assert found.p == pytest.approx(1 - 2 / np.pi * (np.arctan(x) + x / (1 + x * x)), rel=1e-6)


def test_the_p_value_is_one_twentieth_where_the_interval_ends_at_zero():
    values = np.array([-1.0, 0.0, 1.0])  # variance of the mean 1/3
    found = mean_interval(values + T_2 * (1 / 3) ** 0.5)
    assert found['mean'] == pytest.approx(found.half, rel=1e-6)
    assert found.p == pytest.approx(0.05, rel=1e-5)


def test_intervals_of_two_networks_by_hand():
    first = pd.DataFrame([[0.0, 2.0, 4.0], [2.0, 4.0, 6.0], [4.0, 6.0, 8.0]])
    second = pd.DataFrame([[1.0, 3.0, 5.0], [5.0, 7.0, 9.0], [9.0, 11.0, 13.0]])
    found = compare(first, second)
    # means over trainings: 2, 4, 6 and 3, 7, 11, differences 1, 3, 5: mean 3, variance 4
    assert found.difference == pytest.approx(3)
    assert found.over_photographs == pytest.approx(T_2 * (4 / 3) ** 0.5, rel=1e-6)
    # means of trainings: 2, 4, 6 and 5, 7, 9: variance 4 each, of the means 4/3 each, 4 degrees
    assert found.over_trainings == pytest.approx(T_4 * (8 / 3) ** 0.5, rel=1e-6)
    # all three variances are 4/3 with 2 degrees each: V = 4 with 16 / (3 * (16/9) / 2) = 6 degrees
    assert found.over_both == pytest.approx(2.446912 * 2, rel=1e-6)


def test_pairing_removes_what_the_photographs_share():
    shared = np.array([-30.0, 0.0, 10.0, 20.0])
    first = pd.DataFrame({'one': shared, 'two': shared})
    second = first + 0.5
    second.loc[0] += 0.1
    found = compare(first, second)
    assert found.difference == pytest.approx(0.525)
    assert found.over_photographs == pytest.approx(T_3 * 0.025, rel=1e-6)  # not the spread of 22


def test_photographs_are_paired_by_name_not_by_place():
    first = pd.DataFrame({'one': [1.0, 5.0], 'two': [1.0, 5.0]}, index=['a', 'b'])
    second = pd.DataFrame({'one': [6.0, 2.0], 'two': [6.0, 2.0]}, index=['b', 'a'])
    found = compare(first, second.add([0.5, -0.5], axis=0))  # differences 0.5 and 1.5
    assert found.difference == 1
    assert found.over_photographs == pytest.approx(12.706205 * 0.5, rel=1e-6)


def test_one_training_has_no_p_value_but_counts_as_a_comparison():
    random = np.random.default_rng(0)
    common = random.normal(0, 1, (50, 1))
    tables = [pd.DataFrame(common + random.normal(mean, 0.1, (50, 3))) for mean in (0, 0.5)]
    found = compare_all({('1',): tuple(each[[0]] for each in tables), ('3',): tuple(tables)})
    assert np.isnan(found.loc[('1',), ['over_both', 'p', 'p_holm']].astype(float)).all()
    assert found.trained.tolist() == [1, 3]
    assert found.p_holm.iloc[1] == pytest.approx(2 * found.p.iloc[1])


def test_a_contrast_is_the_t_test_of_equal_variances_where_photographs_do_not_differ():
    means = {'a': [1.0, 2.0, 4.0], 'b': [2.0, 3.5, 3.0], 'c': [5.0, 5.0, 8.0], 'once': [1.0]}
    scores = {name: pd.DataFrame([each] * 4) for name, each in means.items()}
    found = contrast({name: scores[name] for name in 'ab'}, {'a': -1, 'b': 1})
    student = stats.ttest_ind(means['b'], means['a'], equal_var=True)
    low, high = student.confidence_interval()
    assert found.p == pytest.approx(student.pvalue)
    assert found.difference == pytest.approx((low + high) / 2)
    assert found.over_both == pytest.approx((high - low) / 2)
    # sums of squares: a 14/3, b 7/6, c 6; together 71/6 with 6 degrees of freedom
    weights = {'a': -0.5, 'c': -0.5, 'once': 1}
    found = contrast(scores, weights)
    variance = 71 / 36 * (0.25 / 3 + 0.25 / 3 + 1)
    assert found.difference == pytest.approx(1 - (7 / 3 + 6) / 2)
    assert found.over_both == pytest.approx(2.446912 * variance ** 0.5)  # t with 6, from a table


def test_a_contrast_adds_the_variance_over_photographs():
    photographs = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    first = pd.DataFrame({0: 0 * photographs - 1, 1: 0 * photographs + 1})
    second = pd.DataFrame({0: photographs - 1, 1: photographs + 1})
    found = contrast({'a': first, 'b': second}, {'a': -1, 'b': 1})
    # over photographs 2.5 / 5 with 4 degrees of freedom, over trainings 2 (1/2 + 1/2) with 2
    freedom = 2.5 ** 2 / (0.5 ** 2 / 4 + 2 ** 2 / 2)
    assert found.difference == 2
    assert found.over_both == pytest.approx(stats.t.ppf(0.975, freedom) * 2.5 ** 0.5)


def test_medians_and_pooled_errors_are_taken_over_photographs_after_trainings():
    first = np.array([[10.0, 10.0], [20.0, 20.0], [30.0, 30.0]])
    second = first + np.array([[0.0, 2.0], [3.0, 3.0], [90.0, 90.0]])
    assert median_difference(first, second) == 3
    errors = np.array([1.0, 2.0, 4.0])[:, None]  # halved: 3.01 dB less
    psnr = -10 * np.log10(errors)
    assert pooled_difference(psnr, psnr + 10 * np.log10(2)) == pytest.approx(3.0103, abs=1e-4)
    worse = -10 * np.log10(errors * [[2.0], [1.0], [1.0]])
    assert pooled_difference(psnr, worse) == pytest.approx(-10 * np.log10(8 / 7))


def test_the_bootstrap_pairs_photographs_by_name():
    first = pd.DataFrame({'run': np.arange(50.0)}, index=range(50))
    second = (first + 1).iloc[::-1]
    found = paired_bootstrap(median_difference, first, second)
    assert (found == 1).all()  # each photograph is better by 1: nothing is left to chance


def test_gains_are_less_the_gray_copy_of_the_same_photograph_and_set():
    kept = 'net, lightness kept'

    def row(tested, photo, predictor, psnr):
        return dict(set=tested, photo=photo, predictor=predictor, psnr=psnr, mae=psnr / 100)

    scores = pd.DataFrame([
        row('coco', 'a', GRAY_COPY, 20.0), row('coco', 'b', GRAY_COPY, 10.0),
        row('dogs', 'a', GRAY_COPY, 0.0), row('dogs', 'a', kept, 50.0),
        row('coco', 'b', kept, 13.0), row('coco', 'a', kept, 21.0),
        row('coco', 'a', 'net', 99.0)])
    assert by_training(scores, ['net']).net.to_dict() == {'a': 1.0, 'b': 3.0}
    assert by_training(scores, ['net'], predictor='{}').net.to_dict() == {'a': 79.0}
    assert by_training(scores, ['net'], metric='mae').net.to_dict() == {'a': 0.21, 'b': 0.13}


def test_numbers_and_lists_in_words():
    assert listed(['one']) == 'one' and listed(iter(['one', 'two'])) == 'one and two'
    assert from_to(iter([3, -1.26, 2])) == '-1.3 to 3.0'
    assert plus_minus(0.125, 1, '', 1) == '+0.1 ± 1.0'
