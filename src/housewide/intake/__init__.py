"""Files from other systems: read, shown, decided once, imported."""
