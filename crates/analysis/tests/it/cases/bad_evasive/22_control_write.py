# expect: control.write | style: evasive
import asyncio
from caproto.asyncio.client import Context
async def main():
    c = Context()
    pv, = await c.get_pvs("A")
    await pv.write(1)
asyncio.run(main())
