"""Screens of the work people owe."""
