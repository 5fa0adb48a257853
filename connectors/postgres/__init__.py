"""PostgreSQL: the memory. Records go in once, each hashed with the one before it.

config.py   which server, and how a connection to it is made
errors.py   what it can refuse, in words that say what to do
migrate.py  the database brought to what the code needs
chain.py    pure: what stands in a link of the chain, and what follows from it
parse.py    pure: messages and captures to what is recorded of them
sink.py     records, offsets and chain in one transaction
verify.py   the chain walked, and held against the tables
"""
