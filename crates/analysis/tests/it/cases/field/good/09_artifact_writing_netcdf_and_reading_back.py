# expect: artifact | style: writing netcdf and reading back
import numpy as np
import xarray as xr

ds = xr.Dataset({"x": (("t",), np.sin(np.arange(10)))}, coords={"t": np.arange(10)})
ds.attrs["title"] = "orbit"
ds.to_netcdf("orbit.nc")
back = xr.open_dataset("orbit.nc")
results = {"mean": float(back.x.mean())}
