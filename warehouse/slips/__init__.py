"""Return slips: which rows of a sound file the agency is asked about, and the way back for what it corrects."""
