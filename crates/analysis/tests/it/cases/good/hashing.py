# expect: none | style: look-alike
import hashlib, hmac, base64, secrets, uuid
digest = hashlib.sha256(b"x").hexdigest()
token = base64.b64encode(b"hello").decode()
results = {"d": digest, "t": token, "r": len(secrets.token_hex(4)), "u": str(uuid.uuid5(uuid.NAMESPACE_DNS, "x"))}
