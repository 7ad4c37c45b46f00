"""From which address somebody comes: the machine itself, or what the proxies that we trust have written down."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's IP address. With ``proxies = n`` it is the n-th entry from the right of X-Forwarded-For, which the
    outermost of our own proxies wrote; whatever a client puts there itself stands further left and is not believed."""
    proxies = int(settings.HOUSEWIDE_PROXIES)
    entries = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(entries) >= proxies:
        return _plain(entries[-proxies])
    return _plain(str(request.META.get("REMOTE_ADDR", "")))


def _plain(text: str) -> str:
    from ipaddress import ip_address

    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - an unreadable address counts as one and the same visitor


def browser_of(request: HttpRequest) -> str:
    """Which browser on which system, in the few words a person knows their machine by."""
    said = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in said), "Another program")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return f"{browser} on {system}" if system else browser


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip
