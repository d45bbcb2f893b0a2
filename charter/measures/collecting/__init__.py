"""Collectors for those who have no warehouse yet: they fill tables as the catalogue describes them."""
