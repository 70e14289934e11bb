"""Social drives: others' pain, faces and knowledge, and the effect of drives about them."""
