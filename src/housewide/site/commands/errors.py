"""What a command says when it cannot do what was asked."""


class CommandFailed(Exception):
    """In words: what happened, what was kept, what to do."""
