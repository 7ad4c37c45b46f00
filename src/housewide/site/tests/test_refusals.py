"""Whoever types a command wrongly reads what is wrong and what to do, and never a page of code."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from housewide.__main__ import main
from housewide.site.commands import serve_command, user_command
from housewide.site.commands.errors import CommandFailed


@pytest.mark.parametrize(
    "typed",
    [
        ["serve", "--port", "99999"],
        ["serve", "--port", "-1"],
        ["serve", "--port", "8000x"],
        ["serve", "--threads", "0"],
        ["run", "--months", "0"],
        ["run", "--months", "99999"],
    ],
    ids=" ".join,
)
def test_a_number_out_of_range_is_refused_before_anything_begins(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(typed)
    assert left.value.code == 2
    assert "is not a whole number from 1 to" in capsys.readouterr().err


def test_a_home_that_is_a_file_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("not a folder")
    monkeypatch.setenv("HOUSEWIDE_HOME", str(taken))
    assert main(["--home", str(taken), "run", "--no-serve"]) == 1
    told = capsys.readouterr().err
    assert str(taken) in told
    assert "What was saved before is as it was." in told


def test_a_host_that_does_not_exist_is_told_in_words() -> None:
    with pytest.raises(CommandFailed, match="no address of this machine"):
        serve_command.serve("no such host", 8399, processes=1, threads=1, worker=False)


def test_a_script_without_a_password_is_told_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_types(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody_types)
    with pytest.raises(CommandFailed, match="--password-stdin"):
        user_command.ask_password(from_input=False)


def test_a_password_from_a_script_loses_only_the_end_of_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" three quiet words \nnext line\n"))
    assert user_command.ask_password(from_input=True) == " three quiet words "
