"""The job itself, one folder per duty."""
