"""What the reference page of orbits says: equations and method, accuracy, sources."""

EQUATIONS = r"""
$$\ddot{\mathbf x}_i = \sum_{j \ne i} \frac{G f\, m_j\, (\mathbf x_j - \mathbf x_i)}
{\left(|\mathbf x_j - \mathbf x_i|^2 + \varepsilon^2\right)^{3/2}}$$

with `gravity_factor` $f$ and `softening` $\varepsilon$; a universe of `time_scale` $s$ runs through its own $s\,t$.

Where every Jacobi orbit is rounder than $e = 0.3$ and keeps three mutual Hill radii from the next, equal steps of
Kahan and Li's symplectic composition of order 8 are taken; elsewhere, and where no body rules the others, adaptive
steps of Gauss-Radau of order 15. An encounter on the way changes the method, and the certificate says so. Every step is
a polynomial (Hermite of degree 7 or collocation of degree 9): frames and events are read from it.
"""
ACCURACY = (
    "Kepler orbits of eccentricity 0.1, 0.5, 0.9 and 0.99 come back after 1,000 turns to 1e-10, 1e-10, 1e-9 and 1e-8 "
    "of the axis at periapsis; the figure eight after 100 periods to 1e-12; frames between steps are exact to 1e-9 "
    "(tests/engine/systems/test_orbits.py)."
)
REFERENCES = (
    "W. Kahan and R.-C. Li, Composition constants for raising the orders of schemes, Math. Comp. 66 (1997)",
    "E. Everhart, An efficient integrator that uses Gauss-Radau spacings, IAU Colloquium 83 (1985)",
    "H. Rein and D. S. Spiegel, IAS15, MNRAS 446 (2015)",
    "C. D. Murray and S. F. Dermott, Solar System Dynamics (1999)",
    "E. Agol et al., Refining the transit-timing and photometric analysis of TRAPPIST-1, PSJ 2 (2021)",
    "R. Luger et al., A seven-planet resonant chain in TRAPPIST-1, Nature Astronomy 1 (2017)",
    "L. R. Doyle et al., Kepler-16: a transiting circumbinary planet, Science 333 (2011)",
    "A. Chenciner and R. Montgomery, A remarkable periodic solution, Annals of Mathematics (2000)",
    "C. Simo, New families of solutions in N-body problems, European Congress of Mathematics (2001)",
)
