"""Resolve classes and functions by dotted name, ``package.module:Name``, and check that a file may name them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dualbrain.errors import UserError, shortened
from dualbrain.files.trust import Source, is_known, is_part
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.scripts import definitions_of, is_script, near_script, running_script
from dualbrain.origin import reason
from dualbrain.renamed import current_name

PROGRAM = "__main__"
"""The module of what the running program defines for itself."""


def name_of(value: Any) -> str:
    """Return the dotted name of a class or function; of the running script's own, with the script's file name."""
    module = value.__module__
    if module == PROGRAM:
        module = running_script() or module
    return f"{module}:{value.__qualname__}"


def is_findable(value: Any) -> bool:
    """Return whether a class or function, written by its name, is found again without the user's word."""
    return is_part(value.__module__) or is_known(value.__module__)


@dataclass(frozen=True)
class Names:
    """The objects that the names in a file stand for; ``given`` are those that the caller passes, by dotted name."""

    source: Source
    given: Mapping[str, Any] = field(default_factory=dict)

    def find(self, name: Any, what: str, fits: Callable[[Any], bool], parts: bool = False) -> Any:
        """Return what is called ``name``, checked by ``fits`` before anything is done with it.

        ``parts`` allows those of the libraries that a model is made of. Raises `UserError` where it is not found, not
        to be imported, or not ``what`` is needed.
        """
        if not isinstance(name, str) or name.count(":") != 1:
            raise DamagedError(f"{what} in it has no name")
        found = self._given_or_found(name, current_name(name), what, parts)
        if not fits(found):
            raise UserError(f"{self.source.where} names '{shortened(name)}', which is not {what}")
        return found

    def _given_or_found(self, name: str, now: str, what: str, parts: bool) -> Any:
        for known in (name, now):
            if known in self.given:
                return self.given[known]
        return self._found(now, what, parts)

    def _found(self, name: str, what: str, parts: bool) -> Any:
        module, _, path = name.partition(":")
        if not (parts and is_part(module)):
            self.source.check(name)
        found: Any = self._of_script(module, name, what) if is_script(module) else self._imported(module, name)
        for part in path.split("."):
            try:
                found = getattr(found, part)
            except AttributeError as error:
                raise self._missing(name, what) from error
        if getattr(found, "__module__", None) is None or name_of(found) != name:
            raise UserError(f"{self.source.where} names '{shortened(name)}', which is not {what} of that module")
        return found

    def _of_script(self, script: str, name: str, what: str) -> Any:
        if script == running_script():
            return sys.modules[PROGRAM]
        path = near_script(script, self.source.home)
        if path is None:
            raise self._missing(name, what)
        with self._importing(name):
            return definitions_of(path)

    def _imported(self, module: str, name: str) -> Any:
        if module in sys.modules:
            return sys.modules[module]
        with self._importing(name):
            return importlib.import_module(module)

    @contextmanager
    def _importing(self, name: str) -> Iterator[None]:
        """Raise `UserError` for what code raises while it is imported."""
        try:
            yield
        except ModuleNotFoundError as error:
            where = "go to the folder where it is, or put that on PYTHONPATH"
            lack = f"was trained with the module '{error.name}', which is not found: {where}"
            raise UserError(f"{self.source.where} {lack}") from error
        except (Exception, SystemExit) as error:
            raise UserError(f"'{shortened(name)}' cannot be imported: {reason(error)}") from error

    def _missing(self, name: str, what: str) -> UserError:
        module, _, path = name.partition(":")
        of = f"the module '{shortened(module)}'"
        if module == PROGRAM or is_script(module):
            of = "the program that saved it" if module == PROGRAM else f"the script {shortened(module)}"
        last = path.rpartition(".")[2]
        return UserError(
            f"{self.source.where} was trained with {what} {shortened(path)} of {of}, which is not here: put it into a "
            f"module of its own, or give custom_objects={{'{shortened(name)}': {shortened(last)}}} to load"
        )
