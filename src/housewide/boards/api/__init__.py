"""The interface for programs: the same questions, changes and gates as the screens, asked with a token."""
