"""What the verbs of ``doudi`` take; what they do stands in ``console.commands`` and the stages."""
