"""Strain of teams: what their weeks, their people and those who lead them say of their load, as clues and never as a diagnosis.

Pure are `team_weeks`, `statistics`, `signals`, `judging` (weeks against limits), `concluding` (two kinds of clues of three) and `pulse`.
Weeks come from `charter.measures.weekly`, which gives those alone whose months the guard has told; nothing here holds a number of any.
"""
