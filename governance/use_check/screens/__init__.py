"""Pages of use checks: one question a page, the answer as a statement, a decision metric by metric, profiles, and files."""
