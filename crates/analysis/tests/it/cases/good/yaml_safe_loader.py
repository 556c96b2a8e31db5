# expect: none | style: yaml
import yaml
results = yaml.load("a: 1", Loader=yaml.SafeLoader)
