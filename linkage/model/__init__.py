"""The match model: its definition, and the trained weights as dated facts."""
