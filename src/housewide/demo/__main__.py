"""Writes the demo's files and says how many: ``python -m housewide.demo FOLDER MONTHS first|rest``, without Django or
a home."""

from __future__ import annotations

import sys
from pathlib import Path

from housewide.demo.world import PARTS

if __name__ == "__main__":
    written = PARTS[sys.argv[3]](Path(sys.argv[1]), months=int(sys.argv[2]))
    print(f"wrote {len(written)} files, {sum(one.rows for one in written):,} rows")
