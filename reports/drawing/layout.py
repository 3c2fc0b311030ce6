"""Where axes stand in their figure: as far from its edges as their ticks, labels and title need."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.drawing.axes import JoinedX, PanelAxes
from reports.drawing.renderer import Renderer

PAD = 3.0  # points between what is outermost and the edge
LEAST = 0.2  # of the figure: the least that axes keep, however much stands beside them
FIRST = (0.17, 0.19, 0.97, 0.9)  # left, bottom, right and top before anything is measured: near to most panels'


def axes_of(width: float, height: float) -> Axes:
    """Axes alone in a figure of so many inches, in SVG's dots."""
    left, bottom, right, top = FIRST
    figure = Figure(figsize=(width, height), dpi=72)
    ax = figure.add_axes(PanelAxes(figure, (left, bottom, right - left, top - bottom)))
    for spine in ax.spines.values():
        spine.get_spine_transform()  # sets where it stands, which else a tick does when it is made
    return ax


def fit(ax: Axes) -> None:
    """Moves the edges of ``ax`` so that what stands around it ends ``PAD`` inside of its figure.

    Measured once, a third of what matplotlib's constrained layout takes, which measures twice and draws the figure
    once more before it is written.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    width, height = figure.bbox.size
    beside = [*ax.texts, *(line for line in ax.lines if not line.get_clip_on())]  # what else reaches beyond the edges
    around, inside = ax.get_tightbbox(Renderer(figure), bbox_extra_artists=beside, for_layout_only=True), ax.bbox
    if around is None:
        return
    left, bottom = inside.x0 - around.x0 + PAD, inside.y0 - around.y0 + PAD
    right, top = around.x1 - inside.x1 + PAD, around.y1 - inside.y1 + PAD
    ax.set_position(
        (
            left / width,
            bottom / height,
            max(1 - (left + right) / width, LEAST),
            max(1 - (bottom + top) / height, LEAST),
        )
    )
    if isinstance(ax.xaxis, JoinedX):
        ax.xaxis.thin()
