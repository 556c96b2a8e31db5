import numpy as np
np.load('/a.npy')  # -> fs.read
np.load('a.npy')  # -> input
np.load('a.npy', allow_pickle=True)  # -> deserialization, input
np.load('a.npy', 'r', True)  # -> deserialization, input
np.load(file='/a.npy', allow_pickle=False)  # -> fs.read
np.save('/a', [1])  # -> fs.write
np.save('a', [1])  # -> artifact
np.savez('/a', x=1)  # -> fs.write
np.savez_compressed('a.npz', x=1)  # -> artifact
np.savetxt('/a', [1])  # -> fs.write
np.savetxt(fname='a.csv', X=[1])  # -> artifact
np.loadtxt('/a')  # -> fs.read
np.loadtxt('https://a/b.csv')  # -> net
np.genfromtxt('/a')  # -> fs.read
np.genfromtxt('a.csv', delimiter=',')  # -> input
np.fromfile('/a')  # -> fs.read
np.fromregex('/a', r'(\d)', [('x', int)])  # -> fs.read
np.memmap('/a', mode='r')  # -> fs.read
np.memmap('/a', mode='w+', shape=(1,))  # -> fs.write
np.memmap('a', mode='w+', shape=(1,))  # -> artifact
np.lib.format.open_memmap('/a', mode='w+')  # -> fs.write
np.zeros(3).tofile('/a')  # -> fs.write
np.zeros(3).tofile('a.bin')  # -> artifact
np.zeros(3).dump('/a')  # -> fs.write
np.zeros(3).dumps()  # -> none
np.ctypeslib.load_library('x', '/a')  # -> native_code
np.lib.npyio.DataSource()  # -> net
np.fromstring('1 2', sep=' ')  # -> none
np.frombuffer(b'ab', dtype='u1')  # -> none
np.put([1], [0], 2)  # -> none
np.vectorize(abs)([1])  # -> none
np.f2py.compile('x')  # -> process
np.testing.assert_allclose(1, 1)  # -> none
np.set_printoptions(precision=3)  # -> none
np.random.default_rng(0).choice([1])  # -> none
np.array([1]).ctypes.data  # -> none
np.array([1]).ctypes.shape  # -> none
np.show_config()  # -> none
np.einsum('ij->i', np.eye(2))  # -> none
