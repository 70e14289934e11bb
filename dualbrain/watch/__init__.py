"""`dualbrain watch`: write recorded episodes as one page that plays them in a browser, without a network."""
