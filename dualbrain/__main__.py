"""``python -m dualbrain``: the command line."""

import sys

from dualbrain.cli import main

sys.exit(main())
