"""Contract checks for drives, worlds, cortices and agents of your own, in three lines.

>>> import numpy as np
>>> from dualbrain import RewardModule, Signal
>>> from dualbrain.testing import check_module
>>> class Sweet(RewardModule):
...     emits = (Signal("taste"),)
...     def truth(self, sugar):
...         sugar += 1
...         return {"taste": sugar}
>>> check_module(Sweet)
Traceback (most recent call last):
dualbrain.testing.contract.ContractError: module 'sweet', step 0: changed its input 'sugar'
"""

from dualbrain.testing.agent import check_agent
from dualbrain.testing.contract import ContractError
from dualbrain.testing.cortex import check_cortex
from dualbrain.testing.determinism import check_determinism
from dualbrain.testing.module import check_module
from dualbrain.testing.world import check_world

__all__ = ["ContractError", "check_agent", "check_cortex", "check_determinism", "check_module", "check_world"]
