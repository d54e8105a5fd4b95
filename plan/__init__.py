"""What it all counted for: the prevention plan, its measures and their colours."""
