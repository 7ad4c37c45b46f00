"""The organisation: places, calendars, people and their accounts."""
