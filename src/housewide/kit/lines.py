"""One line of the log is one event: whatever somebody sends cannot look like another line."""

from __future__ import annotations

import logging


class OneLine(logging.Formatter):
    """Writes line breaks and other control characters inside a message as ``\\x0a``; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        said = super().formatMessage(record)
        return "".join(sign if sign.isprintable() or sign == "\t" else f"\\x{ord(sign):02x}" for sign in said)
