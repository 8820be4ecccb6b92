"""Writes tests/fixtures/sobol_points.csv: unscrambled Sobol points by SciPy, in natural binary order."""

import numpy as np
from scipy.stats import qmc

points = qmc.Sobol(1200, scramble=False, bits=30).random(512)
print("index,dimension,value")
for index in [1, 2, 3, 7, 100, 301, 511]:
    # SciPy walks in Gray-code order: its point n is the natural point n ^ (n >> 1).
    gray = next(n for n in range(512) if n ^ (n >> 1) == index)
    for dimension in list(range(40)) + list(range(40, 1200, 29)):
        print(f"{index},{dimension},{points[gray, dimension]!r}".replace("np.float64(", "").replace(")", ""))
