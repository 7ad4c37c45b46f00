"""Arithmetic of the operating rooms, on plain values."""
