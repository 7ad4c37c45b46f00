"""The monthly conversation about a place: freeze, comment, sign, print."""
