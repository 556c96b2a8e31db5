# expect: control.write | style: aioca-gather
import asyncio
import aioca

async def main():
    await asyncio.gather(*map(lambda p: aioca.caput(*p), [("NOSUCH:A", 1), ("NOSUCH:B", 2)]))

asyncio.run(main())
results = {}
