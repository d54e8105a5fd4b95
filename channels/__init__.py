"""Ways to reach a member: SMS, voice and e-mail, and a simulator in the carriers' place."""
