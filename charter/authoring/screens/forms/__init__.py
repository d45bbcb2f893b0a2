"""The forms of the seven headings."""
