"""What each command takes. No Django here: ``--help`` must answer at once."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable


def _between(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers that refuses the others in words."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
            raise ArgumentTypeError(f"“{text}” is not a whole number from {least} to {most}")
        return int(text)

    return read


def _address(sub: ArgumentParser) -> None:
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    sub.add_argument("--port", type=_between(1, 65535), default=8000, help="port (default 8000)")


def _run(sub: ArgumentParser) -> None:
    _address(sub)
    sub.add_argument("--processes", type=_between(1, 64), default=1, help="web processes (default 1)")
    sub.add_argument("--months", type=_between(1, 120), default=24, help="closed months of the demo (default 24)")
    sub.add_argument("--no-serve", action="store_true", help="set up and stop")


def _serve(sub: ArgumentParser) -> None:
    _address(sub)
    sub.add_argument("--processes", type=_between(1, 64), default=1, help="web processes (default 1; one a core)")
    sub.add_argument("--threads", type=_between(1, 256), default=8, help="threads of each (default 8)")
    sub.add_argument("--no-worker", action="store_true", help="do not start a worker beside the server")
    sub.add_argument("--new", action="store_true", help="make an empty home first, for a real installation")


def _worker(sub: ArgumentParser) -> None:
    sub.add_argument("--once", action="store_true", help="run what is waiting, then stop")
    sub.add_argument("--beside", type=int, default=0, help="process of the server; stop when it is gone")


def _import(sub: ArgumentParser) -> None:
    sub.add_argument("feed", help="code of the feed, as on the Data intake screen; or places, people, holidays")
    sub.add_argument("files", nargs="+", help="files to import, in this order")
    sub.add_argument("--as", dest="actor", default="", help="account that imports (default: the system)")
    sub.add_argument("--corrects", default="", help="receipt id of the import whose set-aside rows these correct")
    sub.add_argument("--restate", default="", help="closed month to restate, like 2026-10; needs --reason, --as")
    sub.add_argument("--reason", default="", help="why the month has to be restated")
    sub.add_argument("--no-refresh", action="store_true", help="leave the readings to the worker")


def _profile(sub: ArgumentParser) -> None:
    sub.add_argument("feed", help="code of the feed")
    sub.add_argument("--file", help="TOML file with the feed and its profile; without it the stored one is printed")


def _close(sub: ArgumentParser) -> None:
    sub.add_argument("facility", help="code of the facility")
    sub.add_argument("period", help="month, like 2026-10")
    sub.add_argument("--owner", default="", help="only the feeds of this place (default: of the whole facility)")
    sub.add_argument("--as", dest="actor", required=True, help="account that closes")


def _pack(sub: ArgumentParser) -> None:
    sub.add_argument("place", help="code of the place")
    sub.add_argument("period", help="month, like 2026-10")
    sub.add_argument("--kind", choices=("pdf", "xlsx", "pptx"), default="pdf")
    sub.add_argument("--out", help="where to write (default: ./<place>-<period>.<kind>)")
    sub.add_argument("--as", dest="actor", required=True, help="account that asks; decides which names are shown")


def _figure(sub: ArgumentParser) -> None:
    sub.add_argument("id", help="id of the figure, as printed in the pack")
    sub.add_argument("--reproduce", action="store_true", help="compute it again from its parts and compare")


def _check(sub: ArgumentParser) -> None:
    sub.add_argument("--head", default="", help="audit head printed in a pack: shows whether the trail was cut")


def _backup(sub: ArgumentParser) -> None:
    sub.add_argument("target", help="folder or .tar.gz to write")


def _restore(sub: ArgumentParser) -> None:
    sub.add_argument("source", help="the backup")


def _user(sub: ArgumentParser) -> None:
    sub.add_argument("username", help="work e-mail")
    sub.add_argument("--role", help="role to grant")
    sub.add_argument("--place", help="code of the place where the role holds")
    sub.add_argument("--person", default="", help="code of the person")
    sub.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    sub.add_argument("--temporary", action="store_true", help="the password holds a day and must be changed")
    sub.add_argument("--unlock", action="store_true", help="lift a lockout; asks for no password")
    sub.add_argument("--reset-second-factor", metavar="REASON", help="remove the second factor and end every sign-in")
    sub.add_argument("--end-sessions", action="store_true", help="end every sign-in of the account")


def _digest(sub: ArgumentParser) -> None:
    sub.add_argument("--to", required=True, metavar="USER", help="whose morning e-mail (user name)")
    sub.add_argument("--day", help="business day, like 2026-11-23 (default: today)")
    sub.add_argument("--send", action="store_true", help="send it instead of printing it")


_ADD: dict[str, Callable[[ArgumentParser], None]] = {
    "run": _run, "serve": _serve, "worker": _worker, "import": _import, "profile": _profile, "close": _close,
    "pack": _pack, "figure": _figure, "check": _check, "backup": _backup, "restore": _restore, "user": _user,
    "digest": _digest,
}  # fmt: skip


def add(name: str, sub: ArgumentParser) -> None:
    """Add a command's arguments to its parser."""
    _ADD[name](sub)
