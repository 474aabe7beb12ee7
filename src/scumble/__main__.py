"""``python -m scumble`` is the command ``scumble``."""

import sys

from scumble.cli import main

sys.exit(main())
