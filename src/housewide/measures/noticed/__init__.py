"""Signals of every measure at every place: computed together, recorded month by month, noticed once and ended once."""

from housewide.measures.noticed.states import HISTORY, State, states_of

__all__ = ["HISTORY", "State", "states_of"]
