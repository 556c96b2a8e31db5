# expect: process | style: async-ctx
import asyncio, os
class C:
    async def __aenter__(self): return os.system
    async def __aexit__(self, *a): pass
async def main():
    async with C() as f:
        f("true")
asyncio.run(main())
