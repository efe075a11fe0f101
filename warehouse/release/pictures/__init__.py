"""The month in pictures: one description of what is told, set as an offline page and as paper.

``asked`` takes the figures from the marts, ``told`` makes sentences of them, ``drawn`` makes pictures, ``county`` and
``township`` put them in order, ``web`` and ``print`` set the same ``Story`` as HTML and as PDF.
"""
