"""What keeps the thoughts of a predictive cortex from collapsing: a predictor alone is content with a constant."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from dualbrain.cortex.predictive.encoders import Encoder

SLICES = 32
KNOTS = 7
LAST_KNOT = 3.0
TAU = 0.01
TEMPERATURE = 0.1
LEFT_OUT = -1e9
"""Logit of what is not to be chosen from."""


class Regulariser(nn.Module):
    """No regulariser, the control: squared errors alone, which a constant thought makes 0."""

    def __init__(self, encoder: Encoder):  # noqa: ARG002
        super().__init__()

    def goals(self, flat: Tensor, thoughts: Tensor) -> Tensor:  # noqa: ARG002
        """Return what is to be predicted ``(R, Z)``, for flat observations ``(R, D)`` and their thoughts ``(R, Z)``."""
        return thoughts

    def distance(self, predicted: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
        """Return how far S predictions ``(S, B, Z)`` are from goals ``(B, Z)``: a mean, by the weights ``(B,)``."""
        each = (predicted - goal).square().mean(dim=(0, 2))
        return (each * weight).sum() / weight.sum().clamp_min(1.0)

    def penalty(self, thoughts: Tensor, rng: torch.Generator) -> Tensor:  # noqa: ARG002
        """Return what thoughts ``(R, Z)`` cost by how they are distributed."""
        return thoughts.new_zeros(())


class SIGReg(Regulariser):
    """Thoughts are to be normally distributed, independent and of variance 1: sketched isotropic Gaussian (SIGReg).

    The Epps-Pulley statistic of projections on random directions (Balestriero, LeCun 2025, LeJEPA, arXiv 2511.08544).
    """

    def penalty(self, thoughts: Tensor, rng: torch.Generator) -> Tensor:
        """Return the mean statistic, about 1 for normal thoughts however many there are."""
        directions = torch.randn(thoughts.shape[1], SLICES, generator=rng, device=thoughts.device)
        return epps_pulley(thoughts @ (directions / directions.norm(dim=0)))


def epps_pulley(numbers: Tensor) -> Tensor:
    """Return the mean statistic of columns ``(R, S)``: R times the distance of their characteristic functions.

    ``R * integral |mean exp(i t x) - exp(-t^2 / 2)|^2 exp(-t^2 / 2) dt``, by trapezoids (Epps, Pulley 1983).
    """
    knots = torch.linspace(0.0, LAST_KNOT, KNOTS, device=numbers.device)
    normal = torch.exp(-knots.square() / 2)
    weights = torch.full_like(knots, 2.0 * LAST_KNOT / (KNOTS - 1))  # twice, for negative t
    weights[[0, -1]] /= 2.0
    angles = numbers[:, :, None] * knots
    errors = (angles.cos().mean(0) - normal).square() + angles.sin().mean(0).square()
    return (errors @ (normal * weights)).mean() * len(numbers)


class VICReg(Regulariser):
    """Each number of a thought is to vary, and no two together (Bardes, Ponce, LeCun 2022, ICLR)."""

    def penalty(self, thoughts: Tensor, rng: torch.Generator) -> Tensor:  # noqa: ARG002
        """Return the hinge on deviations below 1 and .04 of the covariances, ten times: lam .1 is the paper's 1."""
        apart = thoughts - thoughts.mean(0)
        covariance = apart.T @ apart / max(len(apart) - 1, 1)
        variance = covariance.diagonal()
        hinge = functional.relu(1.0 - (variance + 1e-4).sqrt()).mean()
        return 10.0 * (hinge + 0.04 * (covariance.square().sum() - variance.square().sum()) / len(variance))


class EMATarget(Regulariser):
    """What is predicted are the thoughts of a slow copy of the encoder, which no gradient reaches.

    BYOL (Grill et al. 2020, NeurIPS); I-JEPA (Assran et al. 2023, CVPR).
    """

    def __init__(self, encoder: Encoder):
        super().__init__(encoder)
        self.target = copy.deepcopy(encoder).requires_grad_(False)
        self._live = (encoder,)  # in a tuple it is not registered a second time

    @torch.no_grad()
    def goals(self, flat: Tensor, thoughts: Tensor) -> Tensor:  # noqa: ARG002
        """Return the slow copy's thoughts; in training it moves a step towards the encoder."""
        if self.training:
            for slow, fast in zip(self.target.parameters(), self._live[0].parameters(), strict=True):
                slow.lerp_(fast, TAU)
        goal: Tensor = self.target(flat, self.target.nothing(flat))
        return goal


class InfoNCE(Regulariser):
    """A prediction is to be nearer to what came than to what came elsewhere.

    Contrastive predictive coding (van den Oord, Li, Vinyals 2018, arXiv 1807.03748), by cosines.
    """

    def distance(self, predicted: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
        """Return the cross-entropy of finding the own goal among those of rows that count."""
        found = functional.normalize(predicted, dim=-1) @ functional.normalize(goal, dim=-1).T / TEMPERATURE
        found = found.masked_fill(weight == 0.0, LEFT_OUT)
        each = (torch.logsumexp(found, dim=2) - found.diagonal(dim1=1, dim2=2)).mean(0)
        return (each * weight).sum() / weight.sum().clamp_min(1.0)


REGULARISERS: dict[str, type[Regulariser]] = {
    "sigreg": SIGReg,
    "vicreg": VICReg,
    "ema": EMATarget,
    "contrastive": InfoNCE,
    "none": Regulariser,
}
"""Regularisers by name."""
