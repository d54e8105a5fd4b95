"""The report that the municipality owes: on a page, as a workbook, on paper, in Word."""
