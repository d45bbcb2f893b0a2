"""How much a directory may ask at once."""

LARGEST_PAGE = 200
LONGEST_FILTER = 1_000  # characters; "userName eq" and an address is a tenth of it
LARGEST_BODY = 64 * 1024
# Rows that a filter is held against one by one, where no index narrows them.
MOST_LOOKED_AT = 20_000
