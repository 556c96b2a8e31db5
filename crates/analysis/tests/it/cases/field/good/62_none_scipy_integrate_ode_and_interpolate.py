# expect: none | style: scipy integrate ode and interpolate
import numpy as np
from scipy.integrate import odeint, quad, solve_ivp
from scipy.interpolate import CubicSpline, interp1d, RegularGridInterpolator
def rhs(t, y, mu=1.0):
    return [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]
sol = solve_ivp(rhs, (0, 20), [2, 0], t_eval=np.linspace(0, 20, 200), args=(1.5,))
area, err = quad(np.exp, 0, 1)
sp = CubicSpline(sol.t, sol.y[0])
f = interp1d(sol.t, sol.y[1], bounds_error=False)
results = {"x": float(sp(3.3)), "area": area, "f": float(f(2.0)), "ok": sol.success}
