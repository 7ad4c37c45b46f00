"""Screens of the organisation and of who may do what."""
