"""Model files: a zip of plain parts, which holds no code, and runs none when it is read. See `docs/model_files.md`."""
