"""Tables of OpenML: ``openml:credit-g``, or by their number."""

import warnings
from http.client import HTTPException
from urllib.error import URLError

from study.own.options import Options
from study.own.raw import Raw, with_names

OPENML = "openml:"


def is_openml(name: str) -> bool:
    return name.startswith(OPENML)


def of_openml(name: str, options: Options, *, text: bool) -> Raw:
    """By name or number, through scikit-learn, which keeps a copy in its folder of data. Raises ``ValueError``."""
    from sklearn.datasets import fetch_openml

    name = name.removeprefix(OPENML)
    asked = {"data_id": int(name)} if name.isdigit() else {"name": name, "version": "active"}
    if not name.strip():
        raise ValueError(f"{OPENML} is followed by the name or number of a table, such as {OPENML}credit-g")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of copies that it cannot read and versions that it chooses: the version is said
            bunch = fetch_openml(**asked, as_frame=True, parser="auto")
    except URLError as error:
        raise ValueError(
            f"OpenML cannot be reached for {name} ({error.reason}): save the table as a file, and name that"
        ) from error
    except (ValueError, OSError, HTTPException) as error:
        raise ValueError(f"OpenML has no table {name} to read: {str(error).splitlines()[0]}") from error
    target = bunch.target_names[0] if bunch.target_names else None
    version = bunch.details.get("version", "?")
    return with_names(
        f"{OPENML}{name}",
        bunch.frame,
        target=target,
        notes=(f"OpenML's {bunch.details.get('name', name)}, version {version}",),
    )
