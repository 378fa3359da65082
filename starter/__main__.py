"""``python -m starter`` is ``kantadesk``."""

from __future__ import annotations

from starter.cli import main

main()
