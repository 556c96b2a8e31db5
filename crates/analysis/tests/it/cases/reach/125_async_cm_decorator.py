# expect: process | style: async-cm-decorator
import asyncio, os
from contextlib import asynccontextmanager
@asynccontextmanager
async def tool():
    yield os.system
async def main():
    async with tool() as f:
        f("true")
asyncio.run(main())
