"""What fairlearn's MetricFrame makes of the same people and groups: run by its own interpreter, as `python metric_frame.py FILE`.

It needs nothing of the project. The file is numpy's: `selected`, and for each attribute its codes as `of_<name>`. Prints JSON: processor
seconds, and of each group its people and its rate of selection.
"""

import json
import sys
from itertools import combinations
from time import process_time

import numpy as np
from fairlearn.metrics import MetricFrame, count, selection_rate


def main() -> None:
    held = np.load(sys.argv[1])
    selected = held["selected"].astype(int)
    attributes = {name.removeprefix("of_"): held[name] for name in held.files if name.startswith("of_")}
    found, begun = {}, process_time()
    for names in (*((each,) for each in attributes), *combinations(attributes, 2)):
        features = {name: attributes[name] for name in names}
        frame = MetricFrame(
            metrics={"people": count, "rate": selection_rate},
            y_true=selected,
            y_pred=selected,
            sensitive_features=features,
        ).by_group
        for levels, row in frame.iterrows():
            codes = levels if isinstance(levels, tuple) else (levels,)
            found["/".join(f"{name}={code}" for name, code in zip(names, codes, strict=True))] = [
                float(row["people"]), float(row["rate"]),
            ]  # fmt: skip
    print(json.dumps({"seconds": process_time() - begun, "groups": found}))


if __name__ == "__main__":
    main()
