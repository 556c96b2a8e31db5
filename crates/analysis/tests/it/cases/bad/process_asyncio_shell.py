# expect: process | style: async
import asyncio

async def main():
    p = await asyncio.create_subprocess_shell("true")
    await p.wait()

asyncio.get_event_loop().run_until_complete(main())
results = {}
