"""OPC UA: a server's values as scans, by subscription; what was missed by history read.

config.py     the server, and how it is listened to
tag_map.py    which node is which tag of which well, from YAML
node_names.py pure: names of nodes, also where a server numbers its namespaces anew
parse.py      pure: values of a server to readings
scan_maker.py pure: readings of one publish to scans
mapped.py     what is known of each tag of the map: unit, whether it is served, last time seen
gaps.py       pure: what was missed, and what of it still is
outbox.py     scans on their way to the flow: bounded, the newest are kept
session.py    one connection: its subscription, its deadline
requests.py   questions to a server in portions that it takes
history.py    filling gaps by history read
link.py       connections one after another, each in a thread that can be left behind
observer.py   who is told what happens
source.py     scans as a Bytewax source
"""
