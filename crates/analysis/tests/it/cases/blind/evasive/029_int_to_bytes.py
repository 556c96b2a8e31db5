# expect: dynamic_code | style: int-to-bytes
import builtins
word = (0x6576616c).to_bytes(4, "big").decode("ascii")
fn = getattr(builtins, word)
results = {"v": fn("6 * 7")}
