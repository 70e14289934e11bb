"""Doubt: what was never met is recognised by its single cells, and asking about it pays.

A porter works in a warehouse with known goods and known odd things, of which some hurt; a call for help shows them for
what they are. He then meets two sorts of odd things that he never saw: in a plane of their own, and mixed, in the
planes of boxes and barrels at once. He does not know them, and works as ever; the drive `doubt` calls for him.

False alarms are measured twice. In the store that he was raised in there are nine kinds of cells, all common, so that
nothing can be doubted there. In a wide store of few things known kinds are rare: what is doubted there is known, and
who doubts it stands beside it and sees it longer. A drive that never gives up shows that this can go wrong.
"""

from __future__ import annotations

from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars
from experiments.social.doubt_conditions import BITS, ENSEMBLE, RANDOM, SILENT, STUBBORN

STEPS = 64_000
"""Steps of all worlds together in which it is raised."""


def run(seed: int, steps: int) -> Outcome:
    """Return what is recognised, what asking is worth, and how often it is in vain."""
    from experiments.social.doubt_trial import trial  # loads torch, which listing does without

    return trial(seed, steps, STEPS)


DOUBT = Experiment(
    name="doubt",
    about="Is what was never met recognised, thing by thing, and is it worth asking about?",
    published=(
        Published(
            "One-year-olds look to their mother before they step on what is neither safe nor dangerous to them",
            "Sorce, Emde, Campos, Klinnert 1985, Dev. Psychol. 21:195",
        ),
        Published(
            "Networks that learned alike disagree about what they never met",
            "Lakshminarayanan, Pritzel, Blundell 2017, Advances in Neural Information Processing Systems 30",
        ),
        Published(
            "Conformal alarms are no more often false than nominal, if what comes is like what was",
            "Vovk, Gammerman, Shafer 2005, Algorithmic Learning in a Random World",
        ),
    ),
    run=run,
    claims=(
        Claim("mixed things are told from all else: AUROC of at least .98", "auroc, mixed", at_least=0.98),
        Claim("assessors that disagree tell at most .75 of it", "auroc, mixed", at_most=0.75, of=ENSEMBLE),
        Claim("counting the bits of a scene, at most .92", "auroc, mixed", at_most=0.92, of=BITS),
        Claim("strange things: score of at least 90", "score, strange", at_least=90),
        Claim("mixed things: score of at least 90", "score, mixed", at_least=90),
        Claim("without doubt, at most 60", "score, mixed", at_most=60, of=SILENT),
        Claim("with as many random calls, at most 65", "score, mixed", at_most=65, of=RANDOM),
        Claim("false alarms in the known store: at most twice 1 %", "false alarms", at_most=0.02),
        Claim("where known things are rare: at most twice 1 %", "false alarms, rare things", at_most=0.02),
        Claim(
            "there, at the worst of four nominal rates, at most twice it", "false alarms, worst of four", at_most=2.0
        ),
    ),
    controls=(ENSEMBLE, BITS, SILENT, RANDOM, STUBBORN),
    figure=Bars("score, mixed", ("intact", SILENT, RANDOM, "oracle"), y="score among mixed things"),
    notes=(
        "The porter is scripted, and errs in raising, 30 % of his acts being random; what is raised is the "
        "familiarity that doubt is made of, and the assessors. The oracle is the same porter who knows all sorts. "
        "AUROC is over views of 64 other worlds, all judged by what was met in raising alone, and asks whether one of"
        " the sort is within two cells; all three measures get these cells. The ensemble is five assessors of reward "
        "and pain, each on rows of its own drawing, and doubts by the variance of what they foresee; 'foresight' is "
        "the AUROC of their mean for rewards to come, in rows that they did not learn from. The bounds of the "
        "controls are those of mixed things; among strange ones the porter walks past what he does not know, so that "
        "less is lost, and counting bits finds the new plane. In a world of bits a table of counts recognises as well"
        " as any network: what is shown is that doubt must be of single cells, not that counting is the best way to "
        "it. An alarm is a view whose doubt makes the drive call, whether it calls or has given up, while it acts on "
        "it, in 16,000 views of 32 other worlds. In the store of raising each of the nine kinds of cells is common, "
        "so that 1 % cannot be reached: that there are no alarms there says nothing of calibration. The wide store "
        "(size 56, one safe and one dangerous thing) was chosen in pilots with seeds 100 and 101, of four sizes, "
        "because about as much is doubted there as is nominal, so that twice as much is not far. The nominal rates "
        "are 1, 2, 5 and 10 %. Neither store tells what happens where new kinds go on turning up, or where a kind has"
        " many looks. Help must teach someone: counting goes on, and what is in more than 1 % of all views is not "
        "doubted any more. In a pilot (seed 100) the drive fell silent in the third life among mixed things, and the "
        "porter, who never learned what they are, scored 28 from then on, as without doubt."
    ),
    steps=STEPS,
    quick_steps=2048,
)
