"""Kafka: samples and control records in, records out exactly once.

config.py     what librdkafka is told, the same for every client
cluster.py    asking a cluster what it has, and why it does not answer
topics.py     the topics of the contract, made and compared
partition.py  which partition a well lives in
reader.py     one consumer for all parts of a process
source.py     samples as a Bytewax source
messages.py   pure: from records to events
sink.py       records onto a topic, fenced
rules.py      rule sets and activations
scans.py      pure: from rows to messages of samples
produce.py    samples onto the topic
events.py     alerts and violations as a Bytewax source
captures.py   the samples around a violation
"""
