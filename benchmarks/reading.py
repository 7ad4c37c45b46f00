"""Two hundred signed-in people read Today, measure and review pages while a large file is imported, on a real server.

Each has an account, a session and a connection of their own, looks at a page for 5 to 15 seconds and opens the next.
Server, worker, import and the two hundred share the machine. The first 15 seconds, in which everybody arrives at a
server that has just started, are not counted. The peer is the same page with nothing kept between requests.
"""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.homes import demo
from benchmarks.loading import write_log
from benchmarks.measuring import percentile, ratio, seconds, timed

PEOPLE, SECONDS_LONG, PORT, PROCESSES = 200, 75.0, 8947, 2
IMPORTED = 1_000_000
ARRIVING = 15.0
LOOKS = (5.0, 15.0)  # seconds a person looks at a page
PLACES = ("MVH-PERIOP", "MVH-OR", "MVH", "MVHS")
MEASURES = (
    "surgery.first_case_on_time.in_room.5min",
    "surgery.start_delay.first_cases",
    "surgery.turnover.room",
    "surgery.cases",
)


@dataclass
class Heard:
    """What the readers measured: seconds by kind of page, and the answers that were no page."""

    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def all(self) -> list[float]:
        return [one for times in self.took.values() for one in times]


def people() -> list[str]:
    """Two hundred accounts with the roles of a hospital, signed in; a cookie for each."""
    from django.conf import settings
    from django.test import Client

    from housewide.access.models import Grant
    from housewide.kit.actions import act
    from housewide.kit.clock import today
    from housewide.org.models import Account, Place

    roles = ("department_director", "system_executive", "cno", "finance_partner", "physician_leader")
    cookies = []
    with act("benchmark.people", actor="system:benchmark"):
        for number in range(PEOPLE):
            account = Account.objects.create(username=f"reader{number}@mercyvalley.example", password="!")
            place = Place.objects.get(code=PLACES[number % len(PLACES)])
            Grant.objects.create(account=account, role=roles[number % len(roles)], place=place, valid_from=today())
            client = Client()
            client.force_login(account)
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


def pages(number: int, chance: random.Random) -> tuple[str, str]:
    """(kind, address) of the next page of a person: Today twice as often as a review."""
    from django.urls import reverse

    at = [PLACES[number % len(PLACES)], "2026-10"]
    kind = chance.choice(["today", "today", "measure", "measure", "review"])
    if kind == "today":
        return kind, reverse("today")
    if kind == "review":
        return kind, reverse("review", args=at)
    return kind, reverse("measure", args=[*at, chance.choice(MEASURES)])


def read(number: int, cookie: str, until: float, heard: Heard) -> None:
    """One person's morning."""
    chance = random.Random(number)
    time.sleep(chance.uniform(0, LOOKS[1]))
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    while time.perf_counter() < until:
        kind, address = pages(number, chance)
        began = time.perf_counter()
        try:
            connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            heard.wrong.append(f"{address}: {problem!r}")
            connection.close()
            continue
        if answer.status != 200:
            heard.wrong.append(f"{address}: {answer.status}")
        if began > until - SECONDS_LONG + ARRIVING:
            heard.took.setdefault(kind, []).append(time.perf_counter() - began)
        time.sleep(chance.uniform(*LOOKS))


def crowd(command: list[str], home: Path, cookies: list[str]) -> tuple[Heard, int]:
    """What the crowd measured, and how many files were imported meanwhile."""
    heard = Heard()
    until = time.perf_counter() + SECONDS_LONG
    readers = [threading.Thread(target=read, args=(n, cookie, until, heard)) for n, cookie in enumerate(cookies)]
    for reader in readers:
        reader.start()
    log = home / "large.csv"
    imports = 0
    while time.perf_counter() < until:
        subprocess.run([*command, "import", "mvh-or-log", str(log)], capture_output=True, check=True)
        imports += 1
    for reader in readers:
        reader.join()
    return heard, imports


def rows() -> list[dict[str, str]]:
    demo(months=24)
    from django.test import Client
    from django.urls import reverse

    from housewide.kit.shelves import clear_shelves
    from housewide.org.models import Account

    home = Path(os.environ["HOUSEWIDE_HOME"])
    write_log(sorted((home / "demo-files" / "or_log").glob("*2026-11*"))[0], home / "large.csv", IMPORTED)
    cookies = people()
    command = [sys.executable, "-m", "housewide", "--home", str(home)]
    several = ["--processes", str(PROCESSES), "--port", str(PORT)]
    server = subprocess.Popen([*command, "serve", *several], stdout=subprocess.DEVNULL)
    try:
        time.sleep(6)
        heard, imports = crowd(command, home, cookies)
    finally:
        server.terminate()
        server.wait()
    client = Client()
    client.force_login(Account.objects.get(username="reader0@mercyvalley.example"))
    address = reverse("measure", args=["MVH-PERIOP", "2026-10", MEASURES[0]])

    def cold() -> None:
        clear_shelves()
        client.get(address)

    cold()
    peer = timed(cold)
    found = []
    for kind, took in [*sorted(heard.took.items()), ("all", heard.all())]:
        p50, p95 = percentile(took, 0.5), percentile(took, 0.95)
        what = f"{kind} pages, {PEOPLE} people, {PROCESSES} processes: p50 / p95 of {len(took):,}"
        if kind == "all":
            what += f", {imports} imports of {IMPORTED:,} rows meanwhile, {len(heard.wrong)} errors"
            what += f" {heard.wrong[:2]}" if heard.wrong else ""
        found.append({
            "what": what.strip(), "time": f"{seconds(p50)} / {seconds(p95)}",
            "peer": "a measure page with nothing kept, nobody else reading", "peer_time": seconds(peer),
            "ratio": ratio(peer, p50),
        })  # fmt: skip
    return found
