"""Fonts that go into PDFs; pages use the fonts of the reader's own machine."""

from pathlib import Path

FONT_DIR = Path(__file__).resolve().parent
"""Folder with Noto Sans SC (400, 700) and Noto Serif Tibetan (400), for typst's `font_paths`."""
