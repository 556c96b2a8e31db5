# expect: none | style: asyncio-pure
import asyncio

async def producer(q):
    for i in range(3):
        await q.put(i)
    await q.put(None)

async def main():
    q = asyncio.Queue()
    task = asyncio.create_task(producer(q))
    got = []
    while (item := await q.get()) is not None:
        got.append(item)
    await task
    return got

results = {"got": asyncio.run(main())}
