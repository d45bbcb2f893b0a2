"""A door for dashboards: PostgreSQL's own protocol, over views that hold what the line has released and nothing else."""
