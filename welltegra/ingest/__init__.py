"""`welltegra flow ingest`: the values of an OPC UA server onto Kafka.

config.py   the settings as the connector takes them
running.py  the flow, from start to stop
metrics.py  what it tells Prometheus
serving.py  metrics and health on a port of their own
"""
