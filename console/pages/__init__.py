"""The generated pages of ``docs/generated``: each module makes one or a few of them as text."""
