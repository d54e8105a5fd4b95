"""What is said: incidents, launch decisions, broadcasts, audiences and deliveries."""
