"""Pages of what several apps have a part in."""
