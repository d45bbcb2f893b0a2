"""Pages of calibration: rounds and rubrics for HR, packs and the session for who answers, outcomes for whom they are about."""
