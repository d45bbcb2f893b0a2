"""This machine's installation: set up, started, and looked over. It founds nothing by itself; people do."""
