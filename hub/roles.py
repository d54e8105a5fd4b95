"""The roles of people who sign in, and what each role is about."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of R10-R12 that sign in. Members do not: they use one-time links."""

    DISPATCHER = "dispatcher"
    MANDATED_OFFICER = "mandated_officer"
    DEPUTY_OFFICER = "deputy_officer"
    CHIEF_OF_POLICE = "chief_of_police"
    NEIGHBOURHOOD_INSPECTOR = "neighbourhood_inspector"
    COORDINATOR = "coordinator"
    CO_COORDINATOR = "co_coordinator"
    STEERING_GROUP = "steering_group"
    PREVENTION_OFFICER = "prevention_officer"
    PEACE_OFFICER = "peace_officer"
    SERVICE_WORKER = "service_worker"
    MAYOR = "mayor"
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
    Role.DEPUTY_OFFICER: ScopeKind.POLICE_ZONE,
    Role.CHIEF_OF_POLICE: ScopeKind.POLICE_ZONE,
    Role.NEIGHBOURHOOD_INSPECTOR: ScopeKind.POLICE_ZONE,
    Role.COORDINATOR: ScopeKind.PARTNERSHIP,
    Role.CO_COORDINATOR: ScopeKind.PARTNERSHIP,
    Role.STEERING_GROUP: ScopeKind.PARTNERSHIP,
    Role.PREVENTION_OFFICER: ScopeKind.MUNICIPALITY,
    Role.PEACE_OFFICER: ScopeKind.MUNICIPALITY,
    Role.SERVICE_WORKER: ScopeKind.MUNICIPALITY,
    Role.MAYOR: ScopeKind.MUNICIPALITY,
    Role.ADMINISTRATOR: ScopeKind.INSTALLATION,
}
