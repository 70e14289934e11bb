"""Published experiments and claims as runnable protocols, each with a control that must fail."""
