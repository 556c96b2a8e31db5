# expect: deserialization | style: yaml-unsafe
import yaml
results = yaml.load(open("conf.yaml"), Loader=yaml.Loader)
