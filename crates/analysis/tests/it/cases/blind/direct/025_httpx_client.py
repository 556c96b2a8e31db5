# expect: net | style: httpx-client
import httpx
with httpx.Client() as client:
    results = {"s": client.post("https://example.invalid", json={"a": 1}).status_code}
