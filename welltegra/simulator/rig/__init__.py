"""A rig to watch: wells that live by themselves, served over OPC UA, with faults on request.

`timetable`, `well`, `request`, `faults`, `asks`, `wires`, `rig` and `pace` are pure: time goes in. The rest serves.
"""
