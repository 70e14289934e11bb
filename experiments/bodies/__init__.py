"""Bodies with needs: what is published of drives that fall, one by one or all together."""
