"""Fixtures for every test of this folder."""

from housewide.measures.tests.counting.house import counted, loads

__all__ = ["counted", "loads"]
