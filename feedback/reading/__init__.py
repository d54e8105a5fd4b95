"""What a reply means and in which language it is, by tables of words that people can read."""
