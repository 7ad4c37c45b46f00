"""Screens of the operating rooms."""
