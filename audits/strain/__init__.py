"""Strain of teams: what their weeks say of their load, as clues and never as a diagnosis.

Here stands what needs no database: `team_weeks` (what a team's weeks are, and which are refused), `statistics` (rates, exact
tests, CUSUM, exception mode, healthy-load limits) and `concluding` (two kinds of clues of three). Signals, the pulse, actions
and pages are still to come.
"""
