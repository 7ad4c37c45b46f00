"""Tools that know nothing of hospitals."""
