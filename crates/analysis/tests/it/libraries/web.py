import aiohttp, boto3, fabric, ftplib, httpx, paramiko, requests, smtplib, urllib3, websocket, websockets, zmq, paho.mqtt.client as mqtt
import pysftp, fsspec, s3fs, grpc, flask, asyncssh, tornado.httpclient, socketio, telnetlib3, gql, pycurl, stomp, kombu
requests.get('http://a')  # -> net
requests.request('PUT', 'http://a')  # -> net
requests.Session().get('http://a')  # -> net
requests.session().post('http://a')  # -> net
requests.Session().delete('http://a')  # -> net
requests.sessions.Session().put('http://a')  # -> net
requests.adapters.HTTPAdapter()  # -> none
requests.codes.ok  # -> none
requests.exceptions.HTTPError()  # -> none
httpx.get('http://a')  # -> net
httpx.Client()  # -> net
httpx.AsyncClient()  # -> net
httpx.stream('GET', 'http://a')  # -> net
httpx.Timeout(3)  # -> none
aiohttp.ClientSession()  # -> net
aiohttp.request('GET', 'http://a')  # -> net
aiohttp.ClientTimeout(3)  # -> none
urllib3.PoolManager()  # -> net
urllib3.request('GET', 'http://a')  # -> net
urllib3.util.Retry(3)  # -> none
websocket.create_connection('ws://a')  # -> net
websockets.connect('ws://a')  # -> net
websockets.sync.client.connect('ws://a')  # -> net
zmq.Context()  # -> net
zmq.Context().socket(zmq.REQ)  # -> net
mqtt.Client()  # -> net
paramiko.SSHClient()  # -> net
paramiko.Transport(('a', 22))  # -> net
pysftp.Connection('a')  # -> net
asyncssh.connect('a')  # -> net
fabric.Connection('a')  # -> net, process
fabric.Connection('a').run('ls')  # -> net, process
boto3.client('s3')  # -> net
boto3.resource('s3').Bucket('a').upload_file('a', 'b')  # -> net
s3fs.S3FileSystem()  # -> net
fsspec.open('/a', 'w')  # -> fs.write
fsspec.open('s3://a/b')  # -> net
fsspec.filesystem('s3')  # -> net
smtplib.SMTP_SSL('a')  # -> net
ftplib.FTP_TLS('a')  # -> net
grpc.insecure_channel('a:1')  # -> net
flask.Flask('a')  # -> net
tornado.httpclient.HTTPClient()  # -> net
socketio.Client()  # -> net
telnetlib3.open_connection('a')  # -> net
pycurl.Curl()  # -> net
stomp.Connection()  # -> net
kombu.Connection('a')  # -> net
