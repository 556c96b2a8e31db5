# expect: artifact | style: xarray
import numpy as np
import xarray as xr
da = xr.DataArray(np.zeros((2, 2)), dims=("x", "y"))
da.mean("x").to_netcdf("mean.nc")
results = {}
