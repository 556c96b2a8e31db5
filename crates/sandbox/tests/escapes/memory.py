# Takes memory until nothing is left for others.
# refused: MemoryError
# limits: memory_mb=512
taken = [bytearray(16 << 20) for _ in range(40)]
