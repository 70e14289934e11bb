"""Bodies with needs: published results on drive reduction, with separate needs or their sum."""
