"""What an operator may set: the model, where values come from, and what is wrong with them."""
