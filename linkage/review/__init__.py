"""Review: blind cards for people, their answers as decisions and labels. Nothing here changes a link by itself."""
