#!/usr/bin/env python3
"""Reads the pages that `streamcore-http/examples/metrics.rs` writes with the Python client of Prometheus, and compares what they say.

    tests/read_metrics.py PAGE.openmetrics PAGE.txt
"""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

NASTY = {"": 0, '"': 1, "\\": 2, "a\nb": 3, '} 1 # {x="y"} 2': 4, "# EOF": 5, "\U0001f600\u202e": 6}
HELP = 'Two\nlines, "quotes" and a back\\slash.'


def series(families):
    """Every sample by name and labels; values as text, so that NaN is NaN."""
    found = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, f"{key} is there twice"
            found[key] = repr(float(sample.value))
    return found


def helps(families):
    return {family.name: family.documentation for family in families}


def main(openmetrics_file, text_file):
    openmetrics = list(read_openmetrics(open(openmetrics_file, encoding="utf-8", newline="").read()))
    text = list(read_text(open(text_file, encoding="utf-8", newline="").read()))
    theirs, ours = series(openmetrics), series(text)
    assert theirs == ours, f"the formats differ: {set(theirs.items()) ^ set(ours.items())}"
    for label, count in NASTY.items():
        found = ours.get(("nasty_jobs_total", (("nasty", label),)))
        assert found == repr(float(count)), f"nasty_jobs_total of {label!r} is {found}, not {count}"
    for name, families in (("OpenMetrics", openmetrics), ("text", text)):
        found = helps(families).get("nasty_jobs")
        assert found == HELP, f"the help text of nasty_jobs in {name} is {found!r}"
    assert ours[("nasty_level", (("of", "nan"),))] == "nan" and ours[("nasty_level", (("of", "zero"),))] == "-0.0"
    print(f"{len(ours)} series say the same in both formats")


main(*sys.argv[1:])
