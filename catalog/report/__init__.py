"""The work report: exact figures with the records behind them, lines in the house wording."""
