"""Pages of sources: what each is, how fresh it is, and which of its names mean nobody."""
