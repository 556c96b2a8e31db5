# expect: none | style: hashing and base64 data without execution
import base64
import hashlib
import hmac
import json
import secrets
import uuid

payload = base64.b64encode(json.dumps({"a": 1}).encode()).decode()
back = json.loads(base64.b64decode(payload))
digest = hashlib.sha256(payload.encode()).hexdigest()
mac = hmac.new(b"key", payload.encode(), hashlib.sha256).hexdigest()
token = secrets.token_hex(4)
password = "correct horse"
api_key = hashlib.md5(password.encode()).hexdigest()
results = {"digest": digest, "mac": mac, "same": back == {"a": 1}, "id": str(uuid.uuid4()), "n": len(token) + len(api_key)}
