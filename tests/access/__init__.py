"""Which address answers what to whom: the table of access, docs/reference/access.md, and the test that it is true."""

WRITE = "WRITE_ACCESS"  # set while the table is to be written, not compared
