"""True rates from time stamps: rounded, jittering, repeated, irregular, broken."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline.analysis.pace import STANDARD, pace


def times(rate: Fraction, count: int, tick: float = 0.0) -> list[float]:
    at = [float(n / rate) for n in range(count)]
    return [round(t / tick) * tick for t in at] if tick else at


@pytest.mark.parametrize("tick", [0.0, 0.001, 1 / 90_000])
@pytest.mark.parametrize("rate", STANDARD, ids=str)
def test_standard_rates_are_known_however_they_are_written(rate: Fraction, tick: float) -> None:
    """A minute of pictures, with stamps in milliseconds or finer."""
    found = pace(times(rate, int(60 * rate), tick), Fraction(0), tick)

    assert found.rate == rate
    assert found.steady
    assert found.gaps == ()


def test_repeated_fields_make_film_of_it() -> None:
    """Soft 3:2 pulldown: pictures stand for two and three fields in turn, 23.976 a second."""
    field = 1001 / 60_000
    at = [0.0]
    for n in range(500):
        at.append(at[-1] + field * (2 + n % 2))

    assert pace(at).rate == Fraction(24_000, 1001)
    assert pace(at).steady


def test_irregular_pictures_are_not_steady() -> None:
    """A screen recording: pictures come when something changes."""
    at = [n * 0.06 + 0.05 * (n * n % 7) / 7 for n in range(200)]

    assert not pace(at).steady
    assert pace(at).gaps == ()
    assert float(pace(at).rate) == pytest.approx(16.7, abs=0.2)


def test_missing_pictures_of_an_even_source_are_a_gap() -> None:
    """Three seconds are gone in the middle; the rate stays what it was."""
    at = [t for t in times(Fraction(25), 1000) if not 10 < t < 13]
    found = pace(at)

    assert found.rate == 25
    assert found.gaps == ((pytest.approx(10.04), pytest.approx(13.0)),)


def test_what_no_time_tells_is_taken_from_the_header() -> None:
    """One picture, or none: the container is believed; a wild claim is bounded."""
    assert pace([], Fraction(25)).rate == 25
    assert pace([0.0]).rate == 0
    assert pace([1.0] * 9, Fraction(10**9)).rate == 1000
    assert pace(times(Fraction(25), 50), Fraction(1000)).rate == 25
