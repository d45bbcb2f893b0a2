"""What pages of all apps share: forms, tables, parts, charts, who may open a page. Imports no app’s screens."""
