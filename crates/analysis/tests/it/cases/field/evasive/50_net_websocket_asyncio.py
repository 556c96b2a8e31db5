# expect: net | style: websocket asyncio
import asyncio, json
import websockets

async def stream():
    async with websockets.connect("ws://daq:8080") as ws:
        await ws.send(json.dumps({"cmd": "start"}))
        return await ws.recv()

results = {"r": asyncio.run(stream())}
