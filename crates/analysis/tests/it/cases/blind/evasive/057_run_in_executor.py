# expect: process | style: run-in-executor
import asyncio, os

async def main():
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, os.system, "true")

results = {"rc": asyncio.run(main())}
