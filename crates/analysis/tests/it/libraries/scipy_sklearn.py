import joblib, scipy.io, scipy.io.wavfile, scipy.sparse, scipy.datasets, scipy.optimize, scipy.signal as signal, sklearn.datasets
import sklearn.tree, sklearn.externals
from sklearn import linear_model, utils
scipy.io.loadmat('/a.mat')  # -> fs.read
scipy.io.loadmat(file_name='/a.mat')  # -> fs.read
scipy.io.loadmat('a.mat')  # -> input
scipy.io.savemat('/a.mat', {})  # -> fs.write
scipy.io.savemat('a.mat', {})  # -> artifact
scipy.io.wavfile.read('/a.wav')  # -> fs.read
scipy.io.wavfile.read(filename='/a.wav')  # -> fs.read
scipy.io.wavfile.write('/a.wav', 1, [])  # -> fs.write
scipy.io.mmwrite('/a.mtx', None)  # -> fs.write
scipy.io.mmread(source='/a.mtx')  # -> fs.read
scipy.io.readsav('/a.sav')  # -> fs.read
scipy.io.netcdf_file('/a.nc', 'w')  # -> fs.write
scipy.io.netcdf_file('/a.nc')  # -> fs.read
scipy.io.FortranFile('/a', 'w')  # -> fs.write
scipy.io.arff.loadarff('/a')  # -> fs.read
scipy.sparse.save_npz('/a.npz', None)  # -> fs.write
scipy.sparse.load_npz('a.npz')  # -> input
scipy.datasets.face()  # -> net
scipy.LowLevelCallable(None)  # -> native_code
scipy.optimize.minimize(print, [1])  # -> none
signal.butter(1, 0.1)  # -> none
sklearn.datasets.load_iris()  # -> none
sklearn.datasets.make_blobs()  # -> none
sklearn.datasets.fetch_openml('a')  # -> net
sklearn.datasets.load_files('/a')  # -> fs.read
sklearn.datasets.load_svmlight_file('/a')  # -> fs.read
sklearn.datasets.dump_svmlight_file(None, None, '/a')  # -> fs.write
sklearn.tree.export_graphviz(None, out_file='/a.dot')  # -> fs.write
sklearn.tree.export_text(None)  # -> none
sklearn.get_config()  # -> none
utils.all_estimators()  # -> none
linear_model.LinearRegression(n_jobs=2)  # -> none
joblib.load('a.joblib')  # -> deserialization, input
joblib.load(filename='/a.joblib')  # -> deserialization, fs.read
joblib.dump(1, '/a')  # -> fs.write
joblib.dump(1, filename='b.joblib')  # -> artifact
joblib.Memory('/a')  # -> fs.write
joblib.Memory('cache')  # -> artifact
joblib.Parallel(n_jobs=4)  # -> process
joblib.Parallel(n_jobs=4, prefer='threads')  # -> none
joblib.Parallel(n_jobs=4, backend='threading')  # -> none
joblib.hash(1)  # -> none
joblib.cpu_count()  # -> none
