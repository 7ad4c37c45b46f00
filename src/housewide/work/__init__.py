"""Work people owe: tasks, comments and history on anything."""
