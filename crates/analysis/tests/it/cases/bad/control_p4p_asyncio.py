# expect: control.write | style: p4p-asyncio
import asyncio
from p4p.client.asyncio import Context

async def main():
    ctx = Context("pva")
    await ctx.put("A", 1)

asyncio.run(main())
results = {}
