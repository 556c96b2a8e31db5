# expect: none | style: lmfit / uncertainties style modelling
import numpy as np
from lmfit import Model, Parameters, minimize, report_fit

def gauss(x, amp, cen, wid):
    return amp * np.exp(-((x - cen) ** 2) / (2 * wid**2))

x = np.linspace(-3, 3, 61)
y = gauss(x, 1, 0.2, 0.7)
model = Model(gauss)
pars = model.make_params(amp=1, cen=0, wid=1)
fit = model.fit(y, pars, x=x)
p = Parameters()
p.add("a", value=1, min=0)
p["a"].value = 3
print(fit.fit_report())
results = {"cen": float(fit.params["cen"].value), "ev": float(model.eval(fit.params, x=0.0))}
