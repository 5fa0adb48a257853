"""What the addresses of the pages do: read parameters, ask connectors.ops, render a page. The guard was before them."""
