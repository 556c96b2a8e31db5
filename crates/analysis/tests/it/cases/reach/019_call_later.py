# expect: process | style: call-later
import asyncio, os
async def main():
    asyncio.get_running_loop().call_later(0, os.system, "true")
    await asyncio.sleep(0.1)
asyncio.run(main())
