"""Ids that may stand in an address: they say nothing and cannot be guessed."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def opaque_id() -> str:
    """12 characters without look-alikes, about 59 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))
