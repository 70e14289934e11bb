"""The structure of the product in numbers, of this checkout or of another one: see `report`."""
