"""Options that several commands take."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

Storage = Annotated[
    str | None,
    Parameter(
        env_var="DROPSTEP_STORAGE",
        help="postgresql+psycopg://user@host/database, the server that keeps the study; by default runs/NAME/study.db does.",
    ),
]
Several = Annotated[Sequence[str], Parameter(show_default=False)]
Name = Annotated[str | None, Parameter(help="Folder under runs/; by default the only one there.")]
