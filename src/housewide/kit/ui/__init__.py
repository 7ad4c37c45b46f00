"""What every screen is made of: the frame, the five page kinds, forms, icons and the style guide."""
