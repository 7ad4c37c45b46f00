"""Screens that gather from every duty."""
