"""E-mail goes into files until somebody names a mail server, and the password need not stand in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from housewide.site.mail import FILES, SMTP, mail_settings


def test_mail_goes_into_files_until_a_server_is_named(tmp_path: Path) -> None:
    plain = mail_settings(lambda name, default: default, tmp_path)
    assert (plain["EMAIL_BACKEND"], plain["EMAIL_FILE_PATH"]) == (FILES, str(tmp_path / "mail"))
    (tmp_path / "mail.key").write_text("s3cret\n")
    said = {"mail_host": "mx.example.org", "mail_security": "tls", "mail_password_file": "mail.key"}
    named = mail_settings(lambda name, default: said.get(name, default), tmp_path)
    assert (named["EMAIL_BACKEND"], named["EMAIL_PORT"], named["EMAIL_USE_SSL"]) == (SMTP, 465, True)
    assert named["EMAIL_HOST_PASSWORD"] == "s3cret"
    with pytest.raises(ValueError, match="starttls"):
        mail_settings(lambda name, default: {"mail_host": "x", "mail_security": "ssl"}.get(name, default), tmp_path)
