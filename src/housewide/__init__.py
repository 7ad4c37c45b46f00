"""Housewide: the operations system for the people who run hospitals and medical practices."""

__version__ = "0.1.0"
