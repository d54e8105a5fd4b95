"""Pages: rendering, forms, headers, errors and live streams."""
