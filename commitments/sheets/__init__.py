"""Evidence and measurements as spreadsheets: the same columns out and in, the difference shown first."""
