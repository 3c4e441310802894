"""What happens to a household in a programme.

These functions take the running `Act` of a service's action as their first argument: a service makes
actions of them under its own names (`check = action("poverty.check")(programmes.check)`), so that the right
to check in one service is not a right to check in another.
"""
