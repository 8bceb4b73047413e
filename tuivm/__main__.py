"""``python -m tuivm``."""

import sys

from tuivm.cli import main

if __name__ == "__main__":
    sys.exit(main())
