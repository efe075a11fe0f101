"""What each month stands on: which stage of which month has to run again, and why."""
