# expect: fs.write | style: evasive
import io
io.FileIO("/nonexistent/x", "w")
