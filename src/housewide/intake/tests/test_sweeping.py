"""What a cut-off import leaves lying goes, and nothing else does."""

from __future__ import annotations

import os
import time

from housewide.intake.originals import keep_original, original_path
from housewide.intake.sweeping import GRACE_SECONDS, no_stray_copies, sweep_stray_copies
from housewide.kit.home import subfolder


def test_old_copies_of_cut_off_imports_are_named_and_removed_and_young_ones_kept() -> None:
    long_ago = time.time() - GRACE_SECONDS - 60
    old, young = subfolder("spool") / "old-import", subfolder("spool") / "young-import"
    half = subfolder("originals") / ".0123456789abcdef"
    for folder in (old, young):
        folder.mkdir()
        (folder / "plain.csv").write_text("a patient")
    half.write_text("half of a file")
    kept = original_path(keep_original([b"whole file"]))
    for path in (old / "plain.csv", old, half, kept):
        os.utime(path, (long_ago, long_ago))
    os.utime(young, (long_ago, long_ago))  # still being written into
    [problem] = no_stray_copies()
    assert "2 copies" in problem.text
    assert sorted(sweep_stray_copies()) == ["originals/.0123456789abcdef", "spool/old-import"]
    assert kept.exists() and (young / "plain.csv").exists() and not old.exists() and not half.exists()
    assert no_stray_copies() == []
    sweep_stray_copies(older_than=0)
