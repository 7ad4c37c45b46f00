"""How heavy the pages are, compressed, without fonts; the budget is 60 kB. There is no peer: it is a budget."""

from __future__ import annotations

import gzip
import re

from benchmarks.homes import demo

PAGES = (
    "/at/MVH-PERIOP/2026-10/operating-rooms/",
    "/at/MVH-PERIOP/2026-10/operating-rooms/minutes/",
    "/at/MVH-PERIOP/2026-10/measures/surgery.start_delay.first_cases/",
    "/at/MVH-PERIOP/2026-10/measures/surgery.start_delay.first_cases/rows/",
    "/work/",
)


def rows() -> list[dict[str, str]]:
    demo(months=24)
    from django.contrib.staticfiles import finders
    from django.test import Client

    from housewide.demo.accounts import PERSONAS
    from housewide.org.models import Account

    client = Client()
    director = next(one.username for one in PERSONAS if one.role == "department_director")
    client.force_login(Account.objects.get(username=director))
    found = []
    for path in PAGES:
        html = client.get(path).content
        size = len(gzip.compress(html))
        for name in set(re.findall(r'(?:href|src)="/static/([^"#]+\.(?:css|js|svg))', html.decode())):
            with open(finders.find(name), "rb") as file:
                size += len(gzip.compress(file.read()))
        label = re.sub(r"^/at/[^/]+/[^/]+/", "", path).strip("/")
        found.append(
            {"what": f"page weight, {label}", "time": f"{size / 1000:.1f} kB", "peer": "budget", "peer_time": "60 kB"}
        )
    return found
