"""`welltegra demo`: a site on this machine, embedded parts and all, watched on the terminal.

site.py      the folder: settings, rules, tag map, ports
programs.py  the programs of the site, each with a log of its own, that end when we do
guard.py     ends the database if we are killed
play.py      starts all of it, shows it, ends it
"""
