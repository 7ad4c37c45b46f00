"""Numbers that explain themselves: definitions, readings, signals and targets."""
