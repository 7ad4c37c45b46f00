"""The ``housewide`` command. Django and everything heavy is loaded only by the command that runs."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from housewide import __version__

COMMANDS = {
    "run": "set up a demo home when there is none, then serve it",
    "serve": "serve an existing home",
    "worker": "run the jobs that are waiting, and go on",
    "import": "import a file with the stored profile of a feed",
    "profile": "store a feed's profile from a file, or print it",
    "close": "close a month of a facility",
    "pack": "write the PDF or XLSX of a review",
    "figure": "show a signed figure, and reproduce it from its parts",
    "check": "check that everything that must hold does",
    "backup": "write a backup while the server runs",
    "restore": "restore a backup into a new home",
    "digest": "print the morning e-mail of a person, or send it",
    "user": "make an account, or set its password",
}


def parser() -> argparse.ArgumentParser:
    """The command line without the arguments of each command, so that ``--help`` answers at once."""
    top = argparse.ArgumentParser(
        prog="housewide",
        description="The operations system for the people who run hospitals and medical practices.",
        epilog="Each command explains itself: housewide import --help",
    )
    top.add_argument("--version", action="version", version=f"housewide {__version__}")
    top.add_argument("--home", help="home folder (default: HOUSEWIDE_HOME, else ./home)")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help in COMMANDS.items():
        sub = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        importlib.import_module("housewide.site.commands.arguments").add(name, sub)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 when all is well, 1 when the thing asked for failed, 2 for wrong arguments."""
    asked = parser().parse_args(arguments)
    if asked.home:
        os.environ["HOUSEWIDE_HOME"] = str(Path(asked.home).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "housewide.site.settings")
    from housewide.site.commands.errors import CommandFailed

    try:
        module = importlib.import_module(f"housewide.site.commands.{asked.command}_command")
        return int(module.run(asked) or 0)
    except CommandFailed as problem:
        print(f"housewide {asked.command}: {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except OSError as problem:
        where = f" {problem.filename}" if problem.filename else ""
        words = f"cannot use{where}: {problem.strerror or type(problem).__name__}."
        print(f"housewide {asked.command}: {words} What was saved before is as it was.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
