"""Run tests worked by hand, with the limits that Anhoej and Olesen 2014 publish (doi:10.1371/journal.pone.0113825)."""

from math import comb, log2

import numpy as np
import pytest

from housewide.methods.spc.runs import check_runs, fewest_crossings, longest_run_allowed


def runs(said: str):
    """A chart as a line of signs: ``+`` above the center line, ``-`` below, ``o`` on it."""
    return check_runs(np.array(["-o+".index(sign) - 1 for sign in said], np.int8), len(said))


def crossings_by_the_binomial(useful: int) -> int:
    """qbinom(0.05, useful - 1, 0.5), added up from its definition."""
    trials = useful - 1
    return next(q for q in range(useful) if sum(comb(trials, k) for k in range(q + 1)) * 20 >= 2**trials)


@pytest.mark.parametrize(
    ("useful", "longest", "fewest"),
    [(10, 6, 2), (11, 6, 2), (12, 7, 3), (13, 7, 3), (14, 7, 4), (17, 7, 5), (20, 7, 6), (22, 7, 7), (23, 8, 7),
     (24, 8, 8), (45, 8, 17), (46, 9, 17), (90, 9, 37), (91, 10, 37)],
)  # fmt: skip
def test_the_limits_are_the_published_ones(useful, longest, fewest):
    assert (longest_run_allowed(useful), fewest_crossings(useful)) == (longest, fewest)


def test_the_limits_are_those_of_the_formulas_for_every_length():
    for useful in range(1, 400):
        assert longest_run_allowed(useful) == round(log2(useful) + 3)
        assert fewest_crossings(useful) == crossings_by_the_binomial(useful)


def test_thirteen_points_with_five_crossings_and_a_longest_run_of_three_are_chance():
    found = runs("---+++-++-+++")
    assert (found.useful, found.longest_run, found.crossings) == (13, 3, 5)
    assert not found.signals


def test_a_run_as_long_as_the_limit_is_chance_and_one_longer_is_not():
    allowed, longer = runs("+++++++-+-+-+-+-"), runs("++++++++-+-+-+-+")
    assert (allowed.useful, allowed.longest_run, allowed.longest_run_max) == (16, 7, 7)
    assert not allowed.run_is_long
    assert longer.longest_run == 8 and longer.run_is_long


def test_as_many_crossings_as_the_limit_are_chance_and_one_fewer_is_not():
    enough, few = runs("+++--+++--++"), runs("++++----++++")
    assert (enough.crossings, enough.crossings_min, few.crossings) == (4, 3, 2)
    assert not enough.crossings_are_few and few.crossings_are_few


def test_points_on_the_center_line_do_not_break_a_run_lengthen_it_or_make_a_crossing():
    plain, with_middles = runs("++++++++-+-+-+-+"), runs("o+++oo+++++o-o+-+-o+-+oo")
    assert with_middles.observed == 24
    for name in ("useful", "longest_run", "longest_run_max", "crossings", "crossings_min", "signals"):
        assert getattr(with_middles, name) == getattr(plain, name)


def test_only_points_on_the_center_line_give_no_test():
    assert (runs("oooo").useful, runs("oooo").longest_run, runs("oooo").signals) == (0, None, False)
