"""How far the confidence of mentions can be believed, on annotated papers that did not choose it.

usage: python bench/calibration.py GOLD.jsonl [--svg FILE]

The papers are halved; the calibration of each half is chosen on the other one as ``kg train`` chooses it, so no paper
judges what it chose. Prints the reliability table and the expected calibration error, before and after; --svg draws it.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from kg.evaluate import read_gold
from kg.evaluate.calibration import Judged, expected_calibration_error, judged_mentions, reliability
from kg.extract import extract, load_pipeline
from kg.extract.calibration import calibrate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold")
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    papers = list(read_gold(options.gold))
    nlp = load_pipeline()
    pipe = nlp.get_pipe("kg_mentions")
    pipe.settings = replace(pipe.settings, calibration=((0.0, 0.0), (1.0, 1.0)))
    halves = [papers[0::2], papers[1::2]]
    raw = [judged_mentions(half, extract([p.paper for p in half], nlp)) for half in halves]
    fitted: list[Judged] = []
    for mine, other in ((0, 1), (1, 0)):
        levels, shares = zip(*calibrate(raw[other]), strict=True)
        fitted += [(float(np.interp(c, levels, shares)), right) for c, right in raw[mine]]
    print(f"{len(papers)} papers, {len(fitted)} mentions")
    print(f"expected calibration error, of the field alone: {expected_calibration_error(raw[0] + raw[1]):.3f}")
    print(f"expected calibration error, calibrated on the other half: {expected_calibration_error(fitted):.3f}")
    print(f"{'confidence':>12}{'right':>8}{'mentions':>10}")
    for row in reliability(fitted):
        print(f"{row.confidence:12.2f}{row.right:8.2f}{row.count:10}")
    if options.svg:
        options.svg.write_text(drawing(fitted), encoding="utf-8")


def drawing(rows: list[Judged]) -> str:
    points = [(60 + 300 * b.confidence, 330 - 300 * b.right, 3 + b.count**0.5 / 3) for b in reliability(rows)]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#2563eb" fill-opacity=".8"/>' for x, y, r in points
    )
    ticks = "".join(
        f'<text x="{60 + 300 * t:.0f}" y="350" text-anchor="middle">{t:g}</text>'
        f'<text x="52" y="{334 - 300 * t:.0f}" text-anchor="end">{t:g}</text>'
        for t in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 390 390" font-family="sans-serif" font-size="12">'
        '<rect width="390" height="390" fill="#fff"/><rect x="60" y="30" width="300" height="300" fill="#f8fafc"/>'
        f'<path d="M60 330L360 30" stroke="#94a3b8" stroke-dasharray="4 4"/>{ticks}{dots}'
        '<text x="210" y="374" text-anchor="middle">confidence of mentions</text>'
        '<text transform="translate(18 180) rotate(-90)" text-anchor="middle">share that is right</text></svg>\n'
    )


if __name__ == "__main__":
    main()
