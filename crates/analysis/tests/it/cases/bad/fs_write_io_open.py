# expect: fs.write | style: other-door
import io
handle = io.open("/nonexistent/x", "w")
results = {}
