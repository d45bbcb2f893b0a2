"""`python -m charter.panels`: the same as `charter-scan`."""

import sys

from charter.panels.cli import main

if __name__ == "__main__":
    sys.exit(main())
