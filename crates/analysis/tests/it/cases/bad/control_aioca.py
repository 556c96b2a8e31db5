# expect: control.write | style: aioca
import asyncio
from aioca import caput
asyncio.run(caput("A:SP", 1))
results = {}
