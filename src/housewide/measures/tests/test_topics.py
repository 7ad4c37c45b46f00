"""A duty brings its measures to the daily talk by registering."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from housewide.measures import topics


@pytest.fixture(autouse=True)
def brought(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(topics, "_registered", {})
    topics.register("a", topic="flow", applies=lambda place: place == "OR", measures=["x", "y"], readiness=True)
    topics.register("b", topic="cost", applies=lambda place: True, measures=["y", "z"])
    yield
    topics.forget("a")
    topics.forget("b")


def test_a_place_talks_about_what_applies_to_it_and_nothing_twice() -> None:
    assert topics.measures_of("OR")[-3:] == ["x", "y", "z"]
    assert "x" not in topics.measures_of("4W")


def test_a_topic_and_readiness_narrow_what_is_shown() -> None:
    assert "z" not in topics.measures_of("OR", topic="flow")
    assert "z" not in topics.measures_of("OR", readiness=True)


def test_a_sixth_topic_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        topics.register("c", topic="weather", applies=lambda place: True, measures=[])
