# expect: process | style: gather-threads
import asyncio, os
async def main():
    await asyncio.gather(asyncio.to_thread(os.system, "true"))
asyncio.run(main())
