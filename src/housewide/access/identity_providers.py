"""What ``[oidc]`` in housewide.toml says about the organization's own sign-in, as the settings want it. No Django."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

PROVIDER = "organization"


def oidc_settings(table: object, secret: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(SOCIALACCOUNT_PROVIDERS, what the house itself wants to know); both empty without an ``[oidc]`` table.

    Keys of the table: ``name``, ``issuer``, ``client_id``; ``origins`` when the page where one signs in has another
    origin than the issuer; ``second_factor = true`` when a second factor used there counts here.
    Raises ValueError when one that is needed is missing.
    """
    if not isinstance(table, dict) or not table:
        return {}, {}
    missing = [name for name in ("name", "issuer", "client_id") if not table.get(name)]
    if missing:
        raise ValueError(f"[oidc] in housewide.toml lacks {', '.join(missing)}.")
    issuer = str(table["issuer"])
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise ValueError("[oidc] issuer must begin with https://.")
    app = {
        "provider_id": PROVIDER, "name": str(table["name"]), "client_id": str(table["client_id"]), "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True, "scope": ["openid", "email"],
                     "fetch_userinfo": True},
    }  # fmt: skip
    about = {
        "name": str(table["name"]), "issuer": issuer, "second_factor": table.get("second_factor") is True,
        "origins": [str(one) for one in table.get("origins", [f"{parts.scheme}://{parts.netloc}"])],
    }  # fmt: skip
    return {"openid_connect": {"APPS": [app]}}, about
