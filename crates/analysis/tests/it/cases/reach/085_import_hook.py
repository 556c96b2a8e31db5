# expect: dynamic_code | style: import-hook
import sys
class F:
    def find_spec(self, name, path, target=None): return None
sys.meta_path.insert(0, F())
import nosuch_a
