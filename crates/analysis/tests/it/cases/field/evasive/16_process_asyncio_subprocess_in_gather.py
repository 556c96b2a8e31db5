# expect: process | style: asyncio subprocess in gather
import asyncio

async def probe(host):
    proc = await asyncio.create_subprocess_exec("ping", "-c1", host, stdout=asyncio.subprocess.PIPE)
    out, _ = await proc.communicate()
    return proc.returncode

async def main(hosts):
    return await asyncio.gather(*(probe(h) for h in hosts))

results = {"alive": asyncio.run(main(["ioc1", "ioc2"]))}
