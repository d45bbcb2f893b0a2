"""Who decides and who asks."""
