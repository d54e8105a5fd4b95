"""The roles of people who sign in, and what each role is about."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of R10-R12 that sign in. Members do not: they use one-time links."""

    DISPATCHER = "dispatcher"
    MANDATED_OFFICER = "mandated_officer"
    COORDINATOR = "coordinator"
    PREVENTION_OFFICER = "prevention_officer"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """What an appointment is about: a police zone, a municipality, one partnership, or the hub."""

    POLICE_ZONE = "police_zone"
    MUNICIPALITY = "municipality"
    PARTNERSHIP = "partnership"
    INSTALLATION = "installation"


SCOPE_OF_ROLE = {
    Role.DISPATCHER: ScopeKind.POLICE_ZONE,
    Role.MANDATED_OFFICER: ScopeKind.POLICE_ZONE,
    Role.COORDINATOR: ScopeKind.PARTNERSHIP,
    Role.PREVENTION_OFFICER: ScopeKind.MUNICIPALITY,
    Role.ADMINISTRATOR: ScopeKind.INSTALLATION,
}
