"""Huddles: a quarter of an hour each morning in which what a unit cannot settle goes up the line, with a time by which
the answer comes back down.

Screens: Huddles (mine today), the board of a huddle, its wall display and printed sheet, an issue, leader rounding,
the times. Its numbers come from its own records, which it publishes as the fact tables huddle_held and huddle_issue.
"""
