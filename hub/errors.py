"""What can go wrong in a way a person can act on.

A ``HubError`` carries a sentence for people (an English message id that pages translate), the HTTP
status it answers with, and, for bad input, the field it is about. Everything else that is raised is
unknown: it is logged loudly and answered with a plain 500.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field: its path (``texts.fr.short``), a sentence, its values."""

    field: str
    message: str
    values: tuple[tuple[str, str | int], ...] = ()


class HubError(Exception):
    """A refusal with a sentence for a person. ``status`` is the HTTP status it answers with."""

    status = 400
    # The page of the thing that stands in the way, where there is one to go to.
    see: str | None = None

    def __init__(self, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


class BadInput(HubError):
    """Input that cannot be taken; names every field at once, so nobody corrects one by one."""

    status = 422

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__("Some fields need your attention.")
        self.problems = problems


class NotSignedIn(HubError):
    """Nobody, or somebody whose sign-in has ended. ``door`` is the page that lets people in, and
    ``led_from`` the kinds of request that are sent there."""

    status = 401
    door = "/sign-in"
    led_from: tuple[str, ...] = ("GET",)

    def __init__(self) -> None:
        super().__init__("Please sign in.")


class NotAllowed(HubError):
    """Somebody known who may not do this."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Your role does not allow this.")


class FormRefused(HubError):
    """A form that does not carry the token of this sign-in, or was posted from elsewhere."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This form is too old or came from elsewhere. Load the page again.")


class NotFound(HubError):
    """It does not exist, or not for this person: the two are not told apart, on purpose."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This page or item does not exist, or is not within your scope.")


class Conflict(HubError):
    """The thing is in a state that does not allow this."""

    status = 409


class ConfigurationError(HubError):
    """The hub cannot start like this; the message says what to change."""

    status = 500
