"""Screens of reviews, figures and packs."""
