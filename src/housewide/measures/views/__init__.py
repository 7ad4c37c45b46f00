"""Screens of the measures: what changed, one number, the rows behind it, its definition."""
