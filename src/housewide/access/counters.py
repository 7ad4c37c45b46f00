"""What limits are counted in, shared by all processes of a home: small files that go when they have run out."""

from __future__ import annotations

from contextlib import suppress

from django.core.cache.backends.filebased import FileBasedCache


class Counters(FileBasedCache):
    """Django's cache in files throws out a third of what it holds, by chance, when it is full: whoever filled it
    with guesses at many names would be given new guesses at the first. Here only what has run out is thrown out."""

    def _cull(self) -> None:
        names = self._list_cache_files()  # type: ignore[attr-defined]
        if len(names) < self._max_entries:
            return
        for name in names:
            with suppress(FileNotFoundError), open(name, "rb") as file:
                self._is_expired(file)  # type: ignore[attr-defined]  # removes it if so
