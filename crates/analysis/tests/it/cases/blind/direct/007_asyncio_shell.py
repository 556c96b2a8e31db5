# expect: process | style: asyncio-shell
import asyncio

async def main():
    p = await asyncio.create_subprocess_shell("true")
    return await p.wait()

results = {"rc": asyncio.run(main())}
