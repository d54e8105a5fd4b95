"""Alerts as another system might write them."""

ALERT = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>OTHER-1</identifier><sender>desk@other.example</sender>
<sent>2026-06-03T11:50:00+02:00</sent><status>Actual</status><msgType>Alert</msgType>
<scope>Public</scope>
<info><language>fr-BE</language><category>Security</category><event>Cambriolage</event>
<urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>
<onset>2026-06-03T11:40:00+02:00</onset><expires>2026-06-03T13:00:00+02:00</expires>
<headline>Cambriolage en cours</headline><description>Deux personnes en fuite.</description>
<area><areaDesc>Haut de Valdor</areaDesc>
<polygon>50.64100,5.57100 50.64100,5.57900 50.64500,5.57900 50.64100,5.57100</polygon></area>
</info>
</alert>
"""
EARLIER = "desk@other.example,OTHER-1,2026-06-03T11:50:00+02:00"


def changed(*changes: tuple[str, str]) -> str:
    """The alert with some of its text replaced."""
    text = ALERT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def following(identifier: str, kind: str, refers_to: str = EARLIER) -> str:
    """An update or a cancellation of it."""
    return changed(
        ("<identifier>OTHER-1<", f"<identifier>{identifier}<"),
        ("<msgType>Alert<", f"<msgType>{kind}<"),
        ("11:50:00+02:00</sent>", "11:55:00+02:00</sent>"),
        ("</scope>", f"</scope><references>{refers_to}</references>"),
    )
