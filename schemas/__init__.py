"""Wire contracts: what travels between the parts, as models and generated JSON Schemas."""
