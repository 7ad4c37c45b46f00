"""Screens of the signals: the list of a place, and the answer to one."""
