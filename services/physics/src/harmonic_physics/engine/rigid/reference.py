"""The words of rigid bodies for the reference page: equations, accuracy, sources."""

EQUATIONS = r"""
Each body obeys Newton's and Euler's equations, $m\,\ddot x = F$ and $I\,\dot\omega + \omega\times I\omega = \tau$,
under the constraints of contacts, $g(q) \ge 0$ with $\lambda \ge 0$, $g\lambda = 0$ and Coulomb friction
$|\lambda_t| \le \mu\lambda_n$, and of joints, $c(q) = 0$.

In the plane Chipmunk takes steps of symplectic Euler and solves for the impulses by iterations that start from
those of the step before. In space MuJoCo takes steps of its implicit Euler and minimises Gauss' principle with soft
contacts, whose stiffness $k$ and damping $b = 2\zeta\sqrt{k}$ are chosen from the elasticity $e$ by
$e = \exp\bigl(-\zeta\,(\pi - 2\arcsin\zeta)/\sqrt{1-\zeta^2}\bigr)$.

Air slows bodies by $\dot v = -\kappa |v|\,v$, $\kappa = \rho C A / 2m$, exactly after each step. The moment of a
contact is the root of the gap between the two shapes along the motion within the step.
"""

ACCURACY = (
    "Contact times to 1e-9 of a step along the step's own motion (`test_a_contact_is_timed_within_the_step`); a run "
    "resumed anywhere has the same bits (`test_resuming_anywhere_gives_the_same_bits`)."
)

REFERENCES = (
    "S. Lembcke and others, Chipmunk2D (MIT), and V. Blomqvist, Pymunk (MIT)",
    "E. Todorov, T. Erez and Y. Tassa, MuJoCo: a physics engine for model-based control, IROS 2012 (Apache-2.0)",
    "T. Schwager and T. Poeschel, Coefficient of restitution and linear-dashpot model revisited, Granular Matter 9 "
    "(2007) 465",
    "E. Catto, Iterative dynamics with temporal coherence, GDC 2005",
)
