# expect: input | style: yaml
import yaml
with open("config.yaml") as f:
    config = yaml.safe_load(f)
results = {"n": len(config or {})}
