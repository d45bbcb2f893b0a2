"""What every app stands on: clock, ids, typed errors, base records, and the embedded PostgreSQL."""
