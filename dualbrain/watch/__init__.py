"""`dualbrain watch`: recorded episodes as one page that plays them, for a browser without a network."""
