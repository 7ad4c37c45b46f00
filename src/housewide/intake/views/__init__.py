"""The screens of data intake, one file each."""
