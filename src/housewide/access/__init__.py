"""Who may see and do what, where and until when."""
