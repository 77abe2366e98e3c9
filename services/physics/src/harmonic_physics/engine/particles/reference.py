"""The words of particles for the reference page: equations, accuracy, papers."""

EQUATIONS = r"""
Between contacts a body flies freely, $x(t) = x_0 + v_0 t + \tfrac12 g t^2$. Uniform gravity cancels in the relative
motion, so two spheres meet at the smaller root of

$$|r + u t|^2 = (R_i + R_j)^2,\qquad t = \frac{c}{-b + \sqrt{b^2 - a c}},\quad a = u^2,\ b = r\cdot u < 0,\
c = r^2 - (R_i + R_j)^2 .$$

A contact changes the velocities by the impulse $\mu\,[(1+e)\,(u\cdot n)\,n + f\,u_t]$ with the reduced mass $\mu$,
the elasticity $e$ and the friction $f$ of the tangential part $u_t$. Meetings are found in a grid of cells and taken in
order of time from a tournament tree: $O(\log N)$ an event.

Where a medium or forces act, flights and kicks alternate (Strang splitting, order 2), and contacts stay exact within
each flight. A kick solves drag exactly, $\dot v = -(\gamma + \kappa |v|)\,v$ with $\gamma = 6\pi\mu R/m$ (Stokes) and
$\kappa = \rho C \pi R^2 / 2m$ (Newton), adds the accelerations of the fields, $A f(d)\,\hat r$, $A f(d)\,n$ or
$A f(d)\,n\times\hat r$, of buoyancy, $-\beta \rho V g / m$, and of Coulomb's law,
$k q q' r / (r^2 + s^2)^{3/2}$, and couples to a heat bath by the exact Ornstein-Uhlenbeck step
$v \to v e^{-ch} + \sqrt{(k_B T/m)(1 - e^{-2ch})}\,\xi$. Its noise $\xi$ is a function of seed, kick and body.
"""

ACCURACY = (
    "Times of contacts to rounding. 5,000 elastic discs for 60 s keep their energy to 1e-13 and never overlap "
    "(`test_five_thousand_discs_keep_energy_order_and_maxwells_law`); with forces the energy error is of second order "
    "in time_step (`test_kicks_are_of_second_order`)."
)

REFERENCES = (
    "B. J. Alder and T. E. Wainwright, Studies in molecular dynamics I, J. Chem. Phys. 31 (1959) 459",
    "B. D. Lubachevsky, How to simulate billiards and similar systems, J. Comput. Phys. 94 (1991) 255",
    "S. Luding and S. McNamara, How to handle the inelastic collapse of a dissipative hard-sphere gas with the TC "
    "model, Granular Matter 1 (1998) 113",
    "G. L. Steele, D. Lea and C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014",
    "P. K. Haff, Grain flow as a fluid-mechanical phenomenon, J. Fluid Mech. 134 (1983) 401",
)
