"""Charts as plain SVG text: no library, no script, no colour of their own.

Every mark carries a class (`s-met`, `c-grid` …) and the style sheet colours it,
so a chart follows light, dark, print and forced colours with its page. Widths
are per cent and text is never scaled, so that labels stay readable at 320 px.
"""

from commitments.public.charts.activity import activity
from commitments.public.charts.drawing import Figure
from commitments.public.charts.spans import time_in_status
from commitments.public.charts.stacked import status_over_time
from commitments.public.charts.statusbar import status_bar
from commitments.public.charts.trajectory import number as trajectory_number
from commitments.public.charts.trajectory import trajectory

__all__ = ["Figure", "activity", "status_bar", "status_over_time", "time_in_status", "trajectory", "trajectory_number"]
