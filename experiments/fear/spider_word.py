"""The word spider: a thought that never came with a flinch should predict one, because it is about spiders.

The assessor of the flinch is taught at spiders that are seen. Words are heard at other times, and a predictive cortex
learns what they are about by predicting what is seen after them. Claim, when there is one: on thoughts that are
imagined from words alone, the assessor distinguishes spiders from all else (AUROC .95 at least); control: the same
assessor on the percept of the word alone (about .5).
"""

from __future__ import annotations

from dualbrain.lab.experiment import Experiment, Published

SPIDER_WORD = Experiment(
    name="spider-word",
    about="Does the word trigger the flinch assessor, though it never came with a flinch?",
    published=(
        Published(
            "The word spider comes to trigger an innate flinch, by way of a learned concept of spiders (a claim)",
            "Marblestone",
        ),
    ),
    run=None,
    notes="To be accepted if the assessor's AUROC on imagined thoughts, words only, is at least .95.",
    waits_for="a cortex that predicts what is seen next",
)
