"""``cd tests/project && python -m structure [CHECKOUT]`` prints the report."""

from .report import main

main()
