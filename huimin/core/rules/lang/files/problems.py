"""What can be wrong with a file that a rule is to be run over: a code, what it is about, and a sentence."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "no_file": "There is no file {path}.",
    "suffix": "{path}: files are .parquet, .csv or .arrow.",
    "unreadable": "{path} cannot be read: {reason}",
    "encoding": "{path} is not UTF-8. Save it as UTF-8 and try again.",
    "no_decision": "There is no decision '{decision}' in this rule.",
    "no_column": "The rule reads '{fact}', and there is no column for it. The file has: {columns}.",
    "no_such_fact": "'{fact}' is no input of this rule. It reads: {facts}.",
    "no_such_column": "There is no column '{column}'. The file has: {columns}.",
    "type": "Column '{column}' holds {found}; '{fact}' is a {wanted}.",
    "float": "Column '{column}' holds binary fractions ({found}); '{fact}' needs exact numbers: write a decimal.",
    "input_type": "'{fact}' is declared as {wanted}, which no column of a file holds.",
    "digits": "Column '{column}' holds numbers of {digits} digits; at most {limit} are exact.",
    "taken": "The output has a column '{column}' already; leave it out with --keep.",
    "same": "The output must be another file than the input.",
}


class FileError(ValueError):
    """Files and rule do not go together: every problem as a code with its params."""

    def __init__(self, *problems: tuple[str, dict[str, object]]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(MESSAGES[code].format(**params) for code, params in problems))


def problem(code: str, **params: object) -> tuple[str, dict[str, object]]:
    """One problem."""
    return code, params
