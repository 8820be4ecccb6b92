"""What goes wrong, and what looks wrong."""


class ForestallError(Exception):
    """What the command line tells as an error, in the same words.

    Mistakes in a scenario are told all at once, with their places. `exit_code` is that of the command line: 2 where the
    call or the scenario is wrong, 5 where stored data are damaged or belong to another run, 75 where something has not
    finished yet, 1 for reasons outside.
    """

    exit_code: int

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def __reduce__(self) -> "tuple[type[ForestallError], tuple[str, int]]":
        return type(self), (str(self), self.exit_code)


class ForestallWarning(UserWarning):
    """What the command line tells as a warning, in the same words."""
