"""The passes of the check, one file per kind of question; checking.py puts them in order."""
