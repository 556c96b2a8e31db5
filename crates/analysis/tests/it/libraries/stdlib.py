import asyncio, bz2, cgitb, code, compileall, configparser, csv, ctypes, dbm, ensurepip, filecmp, fileinput, ftplib, getpass
import gzip, imaplib, io, json, linecache, logging, logging.config, logging.handlers, lzma, mailbox, marshal, mimetypes, mmap
import netrc, os, pathlib, pickle, platform, plistlib, poplib, profile, pstats, pty, py_compile, runpy, sched, shelve, shutil
import signal, site, smtplib, socket, socketserver, sqlite3, ssl, subprocess, sys, sysconfig, syslog, tarfile, tempfile
import telnetlib, threading, timeit, tomllib, trace, tracemalloc, urllib.request, uuid, venv, wave, webbrowser, wsgiref.simple_server
import xml.dom.minidom, xml.etree.ElementTree as ET, xml.sax, xmlrpc.client, zipapp, zipfile, zipimport, zoneinfo

open('/a')  # -> fs.read
open('a')  # -> input
open('a', 'x')  # -> artifact
open('/a', 'r+')  # -> fs.write
io.FileIO('/a', 'wb')  # -> fs.write
bz2.open('/a.bz2', 'w')  # -> fs.write
bz2.BZ2File('/a.bz2')  # -> fs.read
lzma.LZMAFile('/a.xz', mode='w')  # -> fs.write
gzip.GzipFile(filename='/a.gz', mode='w')  # -> fs.write
gzip.open('a.gz', 'wt')  # -> artifact
tarfile.open('/a.tar', 'w:gz')  # -> fs.write
tarfile.open('a.tar')  # -> input
tarfile.open('a.tar').extractall('/srv')  # -> fs.write, input
zipfile.ZipFile('a.zip').extractall('/srv')  # -> fs.write, input
zipfile.ZipFile('a.zip').write('/etc/passwd')  # -> fs.read, input
zipfile.ZipFile('a.zip', 'w').writestr('x', 'y')  # -> artifact
zipfile.ZipFile('a.zip').read('x')  # -> input
tarfile.open('a.tar', 'w').add('/etc')  # -> fs.read, artifact
shutil.make_archive('/srv/a', 'zip', 'out')  # -> fs.write, input
shutil.unpack_archive('a.zip', '/srv')  # -> fs.write, input
shutil.copyfile('a', '/b')  # -> fs.write, input
shutil.copytree('/a', 'b')  # -> fs.read, artifact
shutil.move('/a', 'b')  # -> fs.delete, artifact
shutil.copyfileobj(open('a'), open('b', 'w'))  # -> input, artifact
shutil.which('ls')  # -> none
shutil.disk_usage('/')  # -> none
filecmp.cmp('/a', 'b')  # -> fs.read, input
filecmp.dircmp('/a', '/b')  # -> fs.read
mimetypes.guess_type('x.csv')  # -> none
linecache.getline('/etc/passwd', 1)  # -> fs.read
fileinput.input('/a')  # -> fs.read
configparser.ConfigParser().read('/etc/x.ini')  # -> fs.read
configparser.ConfigParser().read('x.ini')  # -> input
plistlib.loads(b'')  # -> none
tomllib.loads('a = 1')  # -> none
json.loads('1')  # -> none
csv.reader(['a,b'])  # -> none
mailbox.mbox('/var/mail/x')  # -> fs.write
netrc.netrc()  # -> environment
wave.open('/a.wav', 'wb')  # -> fs.write
ET.parse('/a.xml')  # -> fs.read
ET.parse('a.xml').write('/b.xml')  # -> fs.write, input
xml.dom.minidom.parse('/a.xml')  # -> fs.read
xml.sax.parse('/a.xml', None)  # -> fs.read
logging.FileHandler('/var/log/a')  # -> fs.write
logging.handlers.RotatingFileHandler(filename='/var/log/a')  # -> fs.write
logging.config.fileConfig('/etc/logging.ini')  # -> dynamic_code, fs.read
logging.handlers.SysLogHandler()  # -> net
logging.config.dictConfig({'version': 1})  # -> none
logging.StreamHandler(sys.stdout)  # -> none
tempfile.mkdtemp(dir='/etc')  # -> fs.write
tempfile.mkdtemp()  # -> none
tempfile.TemporaryFile()  # -> none
tempfile.gettempdir()  # -> none
os.listdir('/')  # -> fs.read
os.scandir('.')  # -> input
os.path.getsize('/etc/passwd')  # -> none
os.path.exists('/etc/passwd')  # -> none
os.remove('/a')  # -> fs.delete
os.remove('a')  # -> artifact
os.makedirs('/a/b')  # -> fs.write
os.symlink('/etc', 'x')  # -> fs.read, artifact
os.chmod('/a', 0o777)  # -> fs.write
os.chmod('a', 0o777)  # -> artifact
os.chown('/a', 0, 0)  # -> fs.write
os.utime('/a')  # -> fs.write
os.sendfile(1, 2, 0, 10)  # -> none
os.cpu_count()  # -> none
os.getpid()  # -> none
os.urandom(3)  # -> none
os.getcwd()  # -> none
os.putenv('A', 'b')  # -> none
os.environ['A'] = '1'  # -> none
os.environ['HOME']  # -> environment
os.getenv('HOME')  # -> environment
os.system('x')  # -> process
os.posix_spawn('/bin/ls', ['ls'], {})  # -> process
os.spawnl(os.P_WAIT, '/bin/ls')  # -> process
os.execvpe('ls', ['ls'], {})  # -> process
os.kill(1, 9)  # -> process
os.fork()  # -> process
os.startfile('x')  # -> process
os.add_dll_directory('/x')  # -> native_code
pty.spawn('sh')  # -> process
subprocess.check_call(['ls'])  # -> process
subprocess.getstatusoutput('ls')  # -> process
asyncio.create_subprocess_shell('ls')  # -> process
asyncio.open_connection('a', 1)  # -> net
asyncio.start_server(print, 'a', 1)  # -> net
asyncio.sleep(1)  # -> none
signal.raise_signal(9)  # -> process
threading.Thread(target=print)  # -> none
sched.scheduler()  # -> none
socket.create_connection(('a', 1))  # -> net
socket.gethostbyname('a')  # -> net
socketserver.TCPServer(('a', 1), None)  # -> net
ssl.create_default_context()  # -> none
smtplib.SMTP('a')  # -> net
ftplib.FTP('a')  # -> net
imaplib.IMAP4_SSL('a')  # -> net
poplib.POP3('a')  # -> net
telnetlib.Telnet('a')  # -> net
xmlrpc.client.ServerProxy('http://a')  # -> net
urllib.request.urlopen('http://a')  # -> net
urllib.request.urlretrieve('http://a', 'b')  # -> net
urllib.request.urlopen('file:///etc/passwd')  # -> net
urllib.request.Request('http://a')  # -> none
urllib.parse.quote('a')  # -> none
webbrowser.open('http://a')  # -> process
wsgiref.simple_server.make_server('', 1, None)  # -> net
pickle.loads(b'')  # -> deserialization
pickle.dumps(1)  # -> none
marshal.loads(b'')  # -> dynamic_code
marshal.dumps(1)  # -> none
shelve.open('/a')  # -> deserialization
dbm.open('/a', 'c')  # -> database
sqlite3.connect('/a.db')  # -> database
sqlite3.connect('a.db')  # -> artifact
sqlite3.connect(':memory:')  # -> none
sqlite3.connect(':memory:').execute("ATTACH DATABASE '/srv/a.db' AS b")  # -> database
sqlite3.connect(':memory:').load_extension('x')  # -> native_code
runpy.run_path('a.py')  # -> dynamic_code
code.InteractiveInterpreter().runsource('1')  # -> dynamic_code
code.InteractiveConsole()  # -> introspection
compileall.compile_dir('/a')  # -> dynamic_code
py_compile.compile('/a.py')  # -> dynamic_code
zipimport.zipimporter('a.zip')  # -> dynamic_code
zipapp.create_archive('/a')  # -> fs.write
timeit.timeit('import os; os.system("x")')  # -> dynamic_code, process
timeit.timeit('os.listdir("/")', 'import os')  # -> dynamic_code, fs.read
timeit.timeit('sum(range(3))')  # -> none
timeit.timeit(lambda: 1)  # -> none
profile.run('__import__("os").system("x")')  # -> dynamic_code, process
trace.Trace().runfunc(print)  # -> none
pstats.Stats('/a')  # -> fs.read
eval('1 + 1')  # -> dynamic_code
exec('import os')  # -> dynamic_code
compile('1', '', 'eval')  # -> dynamic_code
__import__('os').getcwd()  # -> dynamic_code
ctypes.CDLL('libc.so.6')  # -> native_code
mmap.mmap(-1, 10)  # -> native_code
syslog.syslog('x')  # -> native_code
sys._getframe()  # -> introspection
sys.settrace(print)  # -> introspection
sys.exit(0)  # -> none
sys.getsizeof(1)  # -> none
sys.argv  # -> none
site.addsitedir('/a')  # -> dynamic_code
site.getsitepackages()  # -> none
sysconfig.get_paths()  # -> none
platform.platform()  # -> none
platform.node()  # -> environment
getpass.getuser()  # -> environment
getpass.getpass()  # -> environment
uuid.uuid4()  # -> none
uuid.getnode()  # -> environment
venv.create('/a')  # -> process
ensurepip.bootstrap()  # -> process
cgitb.enable()  # -> none
tracemalloc.start()  # -> none
zoneinfo.ZoneInfo('UTC')  # -> none
pathlib.Path('/a').write_bytes(b'')  # -> fs.write
pathlib.Path('/a').exists()  # -> none
pathlib.Path.home()  # -> none
pathlib.Path('/a').chmod(1)  # -> fs.write
pathlib.Path('/a').unlink()  # -> fs.delete
pathlib.Path('a').rename('/b')  # -> fs.write, artifact
pathlib.Path('a').symlink_to('/etc/passwd')  # -> fs.write, artifact
