"""Pages of agreements: the list, one of them, writing and putting it, what goes beyond."""
