"""Back from the check to the text: the page as it was when the draft was made."""

from sqlmodel import Session

from hub.access import Actor
from messaging import (
    audience,
    broadcasts,
    facts,
    forms,
    kept_to,
    nearby,
    template_filling,
    why,
)
from messaging.forms import FIELDS, Typed, mark_of
from messaging.models import Broadcast, BroadcastGround, Incident, TemplateUse
from messaging.nearby import Drawn, Ground


def typed_of(
    session: Session, actor: Actor, incident: Incident, draft: Broadcast, facts_at: str
) -> Typed:
    """What somebody had typed for this draft; a text of his own is his own still."""
    known = facts.of_broadcast(session, draft)
    texts = broadcasts.texts_of(session, draft)
    chosen = why.chosen(session, draft)
    ground = why.ground(session, draft)
    kept = kept_to.of_broadcast(session, draft)
    drawn, points = _points(ground)
    ready = template_filling.texts(
        session, incident.police_zone_id, TemplateUse.URGENT_ALERT, known, texts
    )
    return Typed(
        form_id=forms.new_form_id(),
        facts=known,
        facts_at=facts_at,
        drawn=drawn,
        ground=points,
        metres=str(ground.metres) if ground else "",
        kind="",
        find="",
        partnerships=tuple(one.partnership.slug for one in chosen),
        offered=_offered(session, actor, ground),
        only_languages=tuple(audience.languages_kept_to(session, draft)),
        streets="\n".join(one.name for one in kept.streets),
        groups=tuple(str(one.id) for one in kept.groups),
        texts=texts,
        made={
            f"{language}.{name}": mark_of(getattr(words, name))
            for language, words in ready.items()
            for name in FIELDS
        },
        is_drill=draft.is_drill,
        was_drill=draft.is_drill,
        deviation_reason="",
        has_happened=True,
    )


def _offered(session: Session, actor: Actor, ground: BroadcastGround | None) -> tuple[str, ...]:
    """Those the page had ticked itself: one of them that the draft leaves out stays out."""
    if ground is None:
        return ()
    place = Ground(ground.geometry, ground.metres)
    return tuple(one.partnership.slug for one in nearby.concerned(session, actor, place))


def _points(ground: BroadcastGround | None) -> tuple[Drawn, str]:
    if ground is None:
        return Drawn.POINT, ""
    kind, places = ground.geometry["type"], ground.geometry["coordinates"]
    if kind == "Polygon":
        # A ring ends where it began.
        return Drawn.AREA, _lines(places[0][:-1])
    if kind == "LineString":
        return Drawn.STREET, _lines(places)
    return Drawn.POINT, _lines([places])


def _lines(places: list[list[float]]) -> str:
    return "\n".join(f"{north:.5f}, {east:.5f}" for east, north in places)
