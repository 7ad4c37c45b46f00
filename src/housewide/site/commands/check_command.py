"""Check that everything that must hold does."""

from __future__ import annotations

from argparse import Namespace

from housewide.site.commands.starting import ready, say


def run(asked: Namespace) -> int:
    ready()
    from housewide.kit.audit import seal, verify
    from housewide.kit.checks import run_checks

    problems = [(found.check, found.text) for found in run_checks()]
    if asked.head:
        problems += [("audit head", found.text) for found in verify(expected_head=asked.head)]
    if not problems:
        seal("check")
        say("All checks passed.")
        return 0
    for check, text in problems:
        say(f"{check}: {text}")
    say(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}.")
    return 1
