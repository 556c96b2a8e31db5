# expect: deserialization | style: yaml-load-all
import yaml
loader = getattr(yaml, "Unsafe" + "Loader")
yaml.load("x", Loader=loader)
