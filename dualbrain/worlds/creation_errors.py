"""Errors while a world is made: a mistake of the caller's in one line, one of the world's own code with traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gymnasium
from gymnasium.envs.registration import load_env_creator

from dualbrain.errors import UserError
from dualbrain.origin import is_ours, own_line, reason

REFUSED = r"unexpected keyword argument '(?P<name>[^']*)'"
TWICE = r"multiple values for (keyword )?argument '(?P<name>\w+)'"
LACKED = r"missing \d+ required (positional|keyword-only) arguments?: (?P<names>.+?)( was raised|$)"


@contextmanager
def making(env_id: str, env_kwargs: Mapping[str, Any]) -> Iterator[None]:
    """Raise `UserError`, in one line, for what the caller can mend while a world is made.

    That is a package that is not installed, and keyword arguments that the world does not take or lacks. What the code
    of the world itself raises passes through, with its traceback.
    """
    try:
        yield
    except UserError:
        raise
    except gymnasium.error.DependencyNotInstalled as error:
        raise UserError(f"environment '{env_id}' cannot be made: {error}") from error
    except ImportError as error:
        raise _not_importable(env_id, error) from error
    except TypeError as error:
        refusal = _refused(env_id, env_kwargs, error)
        if refusal is None and (own_line(error) or is_ours(error) or "'render_mode'" in str(error)):
            raise
        raise refusal or _not_made(env_id, env_kwargs, error) from error
    except Exception as error:
        if own_line(error) or is_ours(error):
            raise
        raise _not_made(env_id, env_kwargs, error) from error


def load_creator(env_id: str, entry: Any) -> Any:
    """Return what makes a world by its entry point; raises `UserError` for a package that is not installed."""
    with making(env_id, {}):
        return load_env_creator(entry) if isinstance(entry, str) else entry


def _not_made(env_id: str, env_kwargs: Mapping[str, Any], error: Exception) -> UserError:
    return UserError(f"environment '{env_id}' cannot be made{_with(env_kwargs)}: {reason(error)}")


def _not_importable(env_id: str, error: ImportError) -> UserError:
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        return UserError(f"environment '{env_id}' needs the package '{error.name}': pip install {package}")
    return UserError(f"environment '{env_id}' cannot be imported: {error}")


def _refused(env_id: str, env_kwargs: Mapping[str, Any], error: TypeError) -> UserError | None:
    """Return the error for arguments that do not fit; None where it was not the call that failed."""
    refused, lacked, twice = (re.search(pattern, str(error)) for pattern in (REFUSED, LACKED, TWICE))
    if refused and refused["name"] in env_kwargs:
        return UserError(f"environment '{env_id}' does not accept '{refused['name']}'{_with(env_kwargs)}: {error}")
    if twice and twice["name"] in env_kwargs:
        return UserError(f"'{twice['name']}' is no keyword argument of environment '{env_id}': it is given otherwise")
    if lacked and own_line(error) is None:
        return UserError(f"environment '{env_id}' needs the keyword arguments {lacked['names']}: give --env-kwargs")
    return None


def _with(env_kwargs: Mapping[str, Any]) -> str:
    return f" with {dict(env_kwargs)}" if env_kwargs else ""
