"""Enough people for the patients who come: shifts as they were planned, and what became of them on the day.

The numbers come from the staffing office's export. Its screens are still to be built.
"""
