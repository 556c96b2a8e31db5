# expect: none | style: async
import asyncio

async def one(n):
    await asyncio.sleep(0)
    return n

async def main():
    return await asyncio.gather(*(one(i) for i in range(3)))

results = {"v": asyncio.run(main())}
