import dask.dataframe as dd, dask.array as da, dask.distributed, h5py, netCDF4, polars as pl, pyarrow as pa, pyarrow.csv, pyarrow.dataset
import pyarrow.feather, pyarrow.parquet as pq, xarray as xr, zarr, geopandas as gpd, tables, openpyxl, xlsxwriter, xlwt, pyarrow.fs
import vaex, h5netcdf, astropy.io.fits as fits, astropy.table, nptdms, fastparquet, uproot, silx.io, nexusformat.nexus as nx, dask
h5py.File('/a.h5', 'w')  # -> fs.write
h5py.File('/a.h5')  # -> fs.read
h5py.File('a.h5', 'r')  # -> input
h5py.File(name='/a.h5', mode='a')  # -> fs.write
h5py.File('a.h5', 'w').create_dataset('x', data=1)  # -> artifact
h5py.ExternalLink('/a.h5', '/x')  # -> fs.read
h5py.is_hdf5('a')  # -> none
netCDF4.Dataset('/a.nc', 'w')  # -> fs.write
netCDF4.Dataset('/a.nc')  # -> fs.read
netCDF4.Dataset('http://a/b')  # -> net
netCDF4.MFDataset('/a*.nc')  # -> fs.read
h5netcdf.File('/a.nc', 'w')  # -> fs.write
tables.open_file('/a.h5', mode='w')  # -> fs.write
zarr.open('/a.zarr', mode='w')  # -> fs.write
zarr.open('/a.zarr', mode='r')  # -> fs.read
zarr.open_group('/a.zarr', mode='r')  # -> fs.read
zarr.open_array('a.zarr', mode='r')  # -> input
zarr.save('/a.zarr', 1)  # -> fs.write
zarr.load('/a.zarr')  # -> fs.read
zarr.create(shape=1, store='/a')  # -> fs.write
zarr.DirectoryStore('/a')  # -> fs.write
xr.open_dataset('/a.nc')  # -> fs.read
xr.open_dataset('a.nc')  # -> input
xr.open_dataset('https://a/b')  # -> net
xr.open_mfdataset('/a/*.nc')  # -> fs.read
xr.open_zarr('/a')  # -> fs.read
xr.load_dataarray('/a')  # -> fs.read
xr.Dataset().to_netcdf('/a')  # -> fs.write
xr.Dataset().to_netcdf('a.nc')  # -> artifact
xr.Dataset().to_zarr('/a')  # -> fs.write
xr.save_mfdataset([], ['/a'])  # -> fs.write
xr.Dataset().sel(x=1)  # -> none
pl.read_csv('/a')  # -> fs.read
pl.read_csv(source='/a')  # -> fs.read
pl.scan_parquet('/a')  # -> fs.read
pl.scan_ndjson('/a')  # -> fs.read
pl.read_database_uri('select 1', 'postgresql://a')  # -> database
pl.read_database('select 1', 'x')  # -> database
pl.read_delta('/a')  # -> fs.read
pl.read_avro('/a')  # -> fs.read
pl.DataFrame().write_csv('/a')  # -> fs.write
pl.DataFrame().write_csv('a.csv')  # -> artifact
pl.DataFrame().write_csv()  # -> none
pl.DataFrame().write_parquet('/a')  # -> fs.write
pl.DataFrame().write_ndjson('/a')  # -> fs.write
pl.DataFrame().write_avro('/a')  # -> fs.write
pl.DataFrame().write_delta('/a')  # -> fs.write
pl.DataFrame().write_database('t', 'postgresql://a')  # -> database
pl.LazyFrame().sink_parquet('/a')  # -> fs.write
pl.LazyFrame.deserialize('a')  # -> deserialization
pl.sql('select 1')  # -> none
pq.read_table('/a')  # -> fs.read
pq.write_table(None, '/a')  # -> fs.write
pq.write_table(None, 'a.parquet')  # -> artifact
pq.ParquetWriter('/a', None)  # -> fs.write
pq.write_to_dataset(None, root_path='/a')  # -> fs.write
pyarrow.csv.read_csv('/a')  # -> fs.read
pyarrow.csv.write_csv(None, '/a')  # -> fs.write
pyarrow.feather.write_feather(None, '/a')  # -> fs.write
pyarrow.feather.read_feather('/a')  # -> fs.read
pyarrow.dataset.dataset('/a')  # -> fs.read
pyarrow.dataset.write_dataset(None, '/a')  # -> fs.write
pa.OSFile('/a', 'w')  # -> fs.write
pa.memory_map('/a')  # -> fs.read
pa.fs.S3FileSystem()  # -> net
pa.fs.LocalFileSystem()  # -> fs.write
pa.flight.connect('a')  # -> database
pa.table({'a': [1]})  # -> none
dd.read_csv('/a/*.csv')  # -> fs.read
dd.read_csv('a*.csv')  # -> input
dd.from_pandas(None).to_csv('/a')  # -> fs.write
dd.from_pandas(None).to_parquet('a')  # -> artifact
da.from_npy_stack('/a')  # -> fs.read
da.ones(3).to_hdf5('/a', 'x')  # -> fs.write
da.to_npy_stack('/a', da.ones(3))  # -> fs.write
da.ones(3).to_zarr('/a')  # -> fs.write
da.ones(3).sum().compute()  # -> none
dask.compute(1)  # -> none
dask.config.set(scheduler='threads')  # -> none
dask.distributed.Client()  # -> net
gpd.read_file('/a')  # -> fs.read
gpd.GeoDataFrame().to_file('/a')  # -> fs.write
vaex.open('/a')  # -> fs.read
openpyxl.load_workbook('/a.xlsx')  # -> fs.read
openpyxl.load_workbook('a.xlsx').save('/b.xlsx')  # -> fs.write, input
openpyxl.Workbook().save('b.xlsx')  # -> artifact
xlsxwriter.Workbook('/a.xlsx')  # -> fs.write
xlwt.Workbook().save('/a.xls')  # -> fs.write
fits.open('/a.fits')  # -> fs.read
fits.getdata('/a.fits')  # -> fs.read
fits.getdata('a.fits')  # -> input
fits.writeto('/a.fits', None)  # -> fs.write
fits.PrimaryHDU().writeto('/a.fits')  # -> fs.write
fits.PrimaryHDU().writeto('a.fits')  # -> artifact
fits.open('a.fits', mode='update')  # -> artifact
astropy.table.Table.read('/a')  # -> fs.read
astropy.table.Table().write('/a')  # -> fs.write
astropy.table.Table().write('a.csv')  # -> artifact
nptdms.TdmsFile.read('/a.tdms')  # -> fs.read
nptdms.TdmsFile('/a.tdms')  # -> fs.read
nptdms.TdmsWriter('/a.tdms')  # -> fs.write
fastparquet.write('/a', None)  # -> fs.write
fastparquet.ParquetFile('/a')  # -> fs.read
uproot.open('/a.root')  # -> fs.read
uproot.recreate('/a.root')  # -> fs.write
silx.io.open('/a.h5')  # -> fs.read
nx.nxload('/a.nxs')  # -> fs.read
