"""What lies where: the table of places, and the search for persons' values in every file outside the lake."""
