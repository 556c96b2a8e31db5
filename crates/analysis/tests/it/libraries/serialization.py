import cloudpickle, dill, joblib, jsonpickle, pickle, shelve, yaml, torch, tensorflow as tf, keras, msgpack, ruamel.yaml, klepto
import tensorflow.keras as tk, safetensors.torch, onnxruntime, xgboost as xgb, lightgbm as lgb, skops.io, torch.nn as nn, hickle, pandas as pd
pickle.load(open('a', 'rb'))  # -> deserialization, input
pickle.Unpickler(open('a', 'rb'))  # -> deserialization, input
cloudpickle.loads(b'')  # -> deserialization
cloudpickle.dumps(1)  # -> none
dill.loads(b'')  # -> deserialization
dill.load_session('a')  # -> deserialization, input
dill.load_module('a')  # -> deserialization, dynamic_code, input
dill.dump_session('/a')  # -> fs.write
dill.source.getsource(print)  # -> none
jsonpickle.decode('{}')  # -> deserialization
jsonpickle.encode(1)  # -> none
yaml.load('a', Loader=yaml.SafeLoader)  # -> none
yaml.load('a', Loader=yaml.FullLoader)  # -> deserialization
yaml.load('a', yaml.UnsafeLoader)  # -> deserialization
yaml.unsafe_load('a')  # -> deserialization
yaml.safe_load('a')  # -> none
yaml.safe_load_all('a')  # -> none
yaml.dump({})  # -> none
ruamel.yaml.YAML(typ='unsafe')  # -> deserialization
ruamel.yaml.YAML(typ='safe')  # -> none
shelve.open('a')  # -> deserialization
msgpack.unpackb(b'')  # -> none
hickle.load('a.h5')  # -> deserialization, input
torch.load('a.pt')  # -> deserialization, input
torch.load('/a.pt', weights_only=False)  # -> deserialization, fs.read
torch.load(f='a.pt', weights_only=True)  # -> input
torch.save({}, '/a.pt')  # -> fs.write
torch.save(obj={}, f='/a.pt')  # -> fs.write
torch.save({}, 'b.pt')  # -> artifact
torch.jit.load('a.pt')  # -> deserialization
torch.hub.load('a', 'b')  # -> net
torch.utils.cpp_extension.load('a', ['b.cpp'])  # -> native_code
torch.ops.load_library('/a.so')  # -> native_code
torch.from_numpy(None)  # -> none
torch.compile(nn.Linear(1, 1))  # -> none
nn.Linear(1, 1).eval()  # -> none
torch.multiprocessing.spawn(print)  # -> process
torch.distributed.init_process_group('gloo')  # -> net
torch.onnx.export(None, None, '/a.onnx')  # -> fs.write
safetensors.torch.load_file('/a')  # -> fs.read
safetensors.torch.save_file({}, '/a')  # -> fs.write
tf.keras.models.load_model('a')  # -> deserialization, input
keras.models.load_model('a.keras')  # -> deserialization, input
keras.saving.load_model('a.keras', safe_mode=False)  # -> deserialization, input
tf.saved_model.load('a')  # -> deserialization, input
tf.saved_model.save(None, '/a')  # -> fs.write
tf.io.read_file('/a')  # -> fs.read
tf.io.write_file('/a', '')  # -> fs.write
tf.io.gfile.GFile('/a', 'w')  # -> fs.write
tf.io.gfile.remove('/a')  # -> fs.delete
tf.load_op_library('/a.so')  # -> native_code
tf.py_function(print, [], tf.int32)  # -> none
tf.constant(1)  # -> none
tf.keras.Sequential().save('/a')  # -> fs.write
tf.keras.Sequential().save('a.keras')  # -> artifact
tf.keras.Sequential().save_weights('/a')  # -> fs.write
keras.utils.get_file('a', 'http://a')  # -> net
tf.keras.datasets.mnist.load_data()  # -> net
onnxruntime.InferenceSession('/a.onnx')  # -> fs.read
xgb.Booster().load_model('/a')  # -> fs.read
xgb.XGBClassifier().save_model('/a')  # -> fs.write
xgb.XGBClassifier().save_model('a.json')  # -> artifact
lgb.Booster(model_file='/a')  # -> fs.read
skops.io.load('a')  # -> deserialization, input
