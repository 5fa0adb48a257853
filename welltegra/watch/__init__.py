"""`welltegra watch`: wells, levels, last alerts, latency and health on a terminal.

board.py    pure: what samples and alerts come to
feed.py     reads them from Kafka
parts.py    asks the health of flows and recorder
picture.py  pure: a board as what rich draws
screen.py   the terminal, or lines where there is none
"""
