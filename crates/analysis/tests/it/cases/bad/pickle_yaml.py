# expect: deserialization | style: yaml
import yaml
results = yaml.load(open("x.yaml"), Loader=yaml.UnsafeLoader)
