this is a letter, not a log
