"""Fresh episodes with a trained agent: played, evaluated, recorded, exported."""
