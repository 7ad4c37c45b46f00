"""Screens of huddles and issues."""
