# expect: net | style: async
import asyncio
import aiohttp

async def main():
    async with aiohttp.ClientSession() as s:
        async with s.get("http://127.0.0.1:9") as r:
            return await r.text()

results = {"t": asyncio.run(main())}
