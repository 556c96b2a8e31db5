# expect: process | style: taskgroup
import asyncio, os
async def job(f, c):
    return f(c)
async def main():
    async with asyncio.TaskGroup() as tg:
        tg.create_task(job(os.system, "true"))
asyncio.run(main())
