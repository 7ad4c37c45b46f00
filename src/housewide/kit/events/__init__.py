"""What has happened, told to those who want to know, in the transaction in which it happened."""

from __future__ import annotations

from housewide.kit.events.outbox import Happened, deliver, emit, listen, listeners

__all__ = ["Happened", "deliver", "emit", "listen", "listeners"]
