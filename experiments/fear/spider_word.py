"""Spider word: a word that never came with a lesson of the flinch predicts one, because it is about spiders.

The short head of the flinch is taught in silence only, at spiders that are seen. Words are heard at other times, of
what is out of view, and a predictive cortex learns what they are about by predicting what is seen after them. The head
is then asked what it makes of the word spider, beside other words, while the view is hidden and imagined.
"""

from __future__ import annotations

from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars

STEPS = 256_000
"""Steps of all worlds together."""
NONSENSE = "words that mean nothing"
CONTROLS = (NONSENSE, "mlp", "not aware", "collapse")
REPORTED = ("no predictor", "mlp, long heads")
"""Conditions that show what the word takes, and need not fail."""


def run(seed: int, steps: int) -> Outcome:
    """Return how well each cortex tells the word spider from others, and what else it knows."""
    from experiments.fear.spider_word_trial import trial  # loads torch, which listing does without

    return trial(seed, steps, STEPS)


SPIDER_WORD = Experiment(
    name="spider-word",
    about="Does the word trigger the flinch assessor, though it never came with a flinch?",
    published=(
        Published(
            "The word spider comes to trigger an innate flinch, by way of a learned concept of spiders (a claim)",
            "Marblestone",
        ),
    ),
    run=run,
    claims=(
        Claim("over words, pooled over places: an AUROC of at least .95", "pooled", at_least=0.95),
        Claim("within a place: at least .99 in 19 of 20 seeds", "within a place", at_least=0.99, share=0.95),
        Claim("real flinches are foreseen: at least .90", "skill", at_least=0.9),
        Claim("thoughts do not collapse: an effective rank of at least 8 of 64", "rank", at_least=8.0),
        Claim("words that mean nothing: by chance, .4 to .6", "pooled", at_least=0.4, at_most=0.6, of=NONSENSE),
    ),
    controls=CONTROLS,
    figure=Bars("pooled", ("intact", *CONTROLS, *REPORTED), y="AUROC over words, pooled"),
    notes=(
        "256 worlds take 1,000 random steps each; no reflex acts, no word is heard while a spider is in view, all "
        "words are heard about equally often, and the seed draws which bit is which word. Moments with a word teach "
        "the short head nothing. The cortex learns from all of it in 640 updates of 128 windows of 5 steps, whose size "
        "falls from .004 to a sixteenth; what is imagined is to read like what comes with weight 20, and the head "
        "decays by .1. That was chosen on pilots with seeds 100 and 101 (pooled .98 and .95 with weight 10, .97 for "
        "seed 101 with 20), with fewer updates than were tried at first, to save time. With the default weight of 3 "
        "and steps of one size, seed 101 came to .98 in one pilot and to .47 in another, where it learned while the "
        "life went on: the defaults are not reliable here. Asked are 500 quiet moments of another life, with each of "
        "the six words; their bodies differ. Not completed is the thought of a hidden view as it is. `mlp` and the "
        "cortex without a predictor can hide nothing: they see a view in which nothing is. In plain `mlp` the long "
        "head has nothing to foresee. Its rival is `mlp, long heads`, where that learns from all moments, those with "
        "words too, how many flinches will come, and so moves the layers that the short head reads: a word comes to "
        "read like a flinch without a world model, too. Without a predictor it does so in some seeds and not in others."
    ),
    steps=STEPS,
    quick_steps=12_800,
)
