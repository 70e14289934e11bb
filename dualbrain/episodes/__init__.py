"""Play fresh episodes with a trained agent, and evaluate, record and export them."""
