"""A synthetic field whose truth is known, computed forward from that truth.

Nothing here comes from `scoring`: the formulas are written anew, so that a fault there is not shared here.
"""
