# expect: process | style: async-generator
import asyncio, os

async def tools():
    yield len
    yield os.system

async def main():
    out = []
    async for t in tools():
        out.append(t("true"))
    return out

results = {"r": asyncio.run(main())}
