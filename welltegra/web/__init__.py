"""The worklist as people see it: pages made on the server, and small scripts that only improve them."""
