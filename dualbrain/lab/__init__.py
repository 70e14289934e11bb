"""The lab: published experiments as protocols, each with claims that are computed and a control that must fail."""
