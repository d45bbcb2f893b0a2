"""Days and numbers of strain that no board sets."""

CHOOSE_DAYS = 14  # to choose what is done about an alert
REMEDY_DAYS = 92  # that something may take, until it is looked at again
TRADE_DAYS = 92  # that a trade-off may last
PULSE_APART_DAYS = 28  # between the first days of two pulses, at least
PULSE_DAYS = 14  # that a pulse stays open
FRESH_DAYS = 92  # that a pulse or an observation counts as a clue
WEEKS_READ = 104  # of each team
HELD_FROM = 2.0  # times the value from which an error budget burns: releases are held
STEADY_MONTHS = 3
LARGEST_LIMIT = 1000.0  # a person-week
