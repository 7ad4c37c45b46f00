"""How e-mail leaves the house: into files until a mail server is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SMTP = "django.core.mail.backends.smtp.EmailBackend"
FILES = "django.core.mail.backends.filebased.EmailBackend"
SECURITY = ("starttls", "tls", "none")
PORTS = {"starttls": "587", "tls": "465", "none": "25"}


def mail_settings(setting: Callable[[str, str], str], home: Path) -> dict[str, Any]:
    """Django's settings of e-mail, from ``mail_*`` of the home. Raises ValueError for a security that is none.

    The password comes from the environment (HOUSEWIDE_MAIL_PASSWORD) or from the file that ``mail_password_file``
    names, so that ``housewide.toml`` need not hold it.
    """
    host = setting("mail_host", "")
    sender = setting("mail_from", "Housewide <housewide@localhost>")
    if not host:
        return {"EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": str(home / "mail"), "DEFAULT_FROM_EMAIL": sender}
    security = setting("mail_security", "starttls")
    if security not in SECURITY:
        raise ValueError(f"mail_security is “{security}”; write one of {', '.join(SECURITY)}.")
    password, kept_in = setting("mail_password", ""), setting("mail_password_file", "")
    if kept_in and not password:
        password = (home / kept_in).read_text(encoding="utf-8").strip()
    return {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": host,
        "EMAIL_PORT": int(setting("mail_port", PORTS[security])),
        "EMAIL_HOST_USER": setting("mail_user", ""),
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_TLS": security == "starttls",
        "EMAIL_USE_SSL": security == "tls",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }
