"""Invented content of the style guide; it looks like a hospital and is none."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ICONS = re.findall(
    r'<symbol id="([a-z0-9-]+)"', (Path(__file__).parent / "static/ui/icons.svg").read_text(encoding="utf-8")
)
SWATCHES = ("ink", "ink-2", "edge", "line", "tint", "bg", "card", "accent", "good", "bad", "warn")


def _door(title: str, icon: str, *children: str, current: str = "") -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "current": current in children,
        "children": [{"title": child, "url": "#", "current": child == current} for child in children],
    }


NAVIGATION: list[dict[str, Any]] = [
    {"title": "Today", "url": "#", "icon": "home", "current": True},
    {"title": "Huddles", "url": "#", "icon": "message"},
    {"title": "My work", "url": "#", "icon": "list-check", "count": 14},
    {"title": "Reviews & packs", "url": "#", "icon": "signature"},
    _door("People", "users", "Staffing", "Rosters", "Hiring & training", "Credentials"),
    _door("Money", "coin", "Budget", "Revenue cycle", "Authorizations", "Contracts"),
    _door("Flow", "activity", "Beds & discharge", "Operating rooms", "Clinics", current="Operating rooms"),
    _door("Quality", "award", "Measures", "Improvement", "Experience", "Care pathways", "Population"),
    _door("Compliance", "shield-check", "Standards & tracers", "Policies", "Grievances", "EHR & data"),
    _door("Strategy", "target", "Plans & service lines", "Capital", "Community"),
]
PLACES: list[dict[str, Any]] = [
    {"title": "Mercy Valley Hospital", "url": "#", "current": True, "depth": 0},
    {"title": "Operating rooms", "url": "#", "depth": 1},
    {"title": "4 West", "url": "#", "depth": 1},
    {"title": "5 East", "url": "#", "depth": 1},
]
_SERVICES = ("Orthopedics", "General surgery", "ENT", "Urology", "Spine")
_STATES = (("On time", "good flat"), ("Late", "bad"), ("Watch", "warn"), ("No change", "neutral"))
SAMPLE_CASES: list[dict[str, Any]] = [
    {
        "case": f"C-{4100 + at}",
        "day": date(2026, 10, 1) + timedelta(days=at * 7 % 31),
        "service": _SERVICES[at * 3 % 5],
        "room": f"OR {at % 8 + 1}",
        "delay": at * 173 % 3400 - 300,
        "cost": at * 4127 % 90000,
        "cases": 1,
        "state": _STATES[at * 5 % 4],
    }
    for at in range(74)
]


def sample_spark(seed: int) -> str:
    """A small line of sixteen invented points."""
    heights = [4 + (seed * 7 + at * at * 5 + at * 3) % 19 for at in range(16)]
    points = " ".join(f"{2 + at * 5.8:.1f},{height}" for at, height in enumerate(heights))
    return (
        '<svg class="spark" aria-hidden="true" viewBox="0 0 92 26" width="92" height="26"><polyline fill="none" '
        f'stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" points="{points}"/></svg>'
    )
