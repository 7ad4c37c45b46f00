"""What the source systems said: immutable parts of accepted rows, and every row that was set aside."""
