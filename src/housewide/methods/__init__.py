"""Numerical methods that know no hospital and no database: the arithmetic behind every signal and percentile."""
