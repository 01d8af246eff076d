"""The command `entraide`, and `python -m node`."""

from __future__ import annotations

from node.app import Root
from node.cli import entraide


def main() -> None:
    entraide(obj=Root(), prog_name="entraide")


if __name__ == "__main__":
    main()
