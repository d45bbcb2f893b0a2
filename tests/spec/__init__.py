"""The rules, as tables of examples that run."""
