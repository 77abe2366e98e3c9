"""Who is next: a tournament of the bodies' times. The champion depends on the times alone, ties to the lower index.

`tree` (2 leaves,) holds the winner of each match and `best` (2 leaves,) its time; leaves is a power of two, node 1 the
final. O(log n) a change, nothing to clean up.
"""

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.spheres import CROSS, WHEN, Floats, Ints


@inner
def play_all(plan: Floats, tree: Ints, best: Floats) -> None:
    """All matches, from the leaves up. Leaves without a body never win: their time is inf."""
    leaves, n = tree.shape[0] >> 1, plan.shape[0]
    for i in range(leaves):
        tree[leaves + i] = i
        best[leaves + i] = min(plan[i, WHEN], plan[i, CROSS]) if i < n else np.inf
    for node in range(leaves - 1, 0, -1):
        winner = 2 * node + 1 if best[2 * node + 1] < best[2 * node] else 2 * node
        tree[node], best[node] = tree[winner], best[winner]


@inner
def replay(plan: Floats, tree: Ints, best: Floats, i: int) -> None:
    """The matches of body i again, after its prediction changed."""
    winner, time = i, min(plan[i, WHEN], plan[i, CROSS])
    node = (tree.shape[0] >> 1) + i
    best[node] = time
    while node > 1:
        rival = node ^ 1
        if best[rival] < time or (best[rival] == time and rival < node):
            winner, time = tree[rival], best[rival]
        node >>= 1
        if tree[node] == winner and winner != i:
            return  # somebody else won before and wins still: nothing changes above
        tree[node] = winner
        best[node] = time
