"""What people answer and what police answer back."""
