# expect: fs.write | style: evasive
import builtins as b
b.__dict__["op" + "en"]("/nonexistent/x", "w")
