"""All files of the demo, written by a process beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from housewide.demo.beside import Writing
from housewide.demo.world import write_first


def test_a_process_beside_writes_the_same_bytes(tmp_path: Path) -> None:
    beside = Writing(tmp_path / "beside", months=1)
    written = write_first(tmp_path / "here", months=1)
    assert beside.finish() == f"wrote {len(written)} files, {sum(one.rows for one in written):,} rows"
    for one in written:
        assert (tmp_path / "beside" / one.path.relative_to(tmp_path / "here")).read_bytes() == one.path.read_bytes()


def test_what_went_wrong_with_the_files_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"files could not be written: .*taken"):
        Writing(tmp_path / "taken", months=1).finish()
