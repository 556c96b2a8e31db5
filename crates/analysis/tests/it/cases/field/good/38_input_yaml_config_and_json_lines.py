# expect: input | style: yaml config and json lines
import json
import yaml

with open("config.yaml") as f:
    cfg = yaml.safe_load(f)
with open("events.jsonl", encoding="utf-8") as f:
    events = [json.loads(line) for line in f if line.strip()]
sel = [e for e in events if e.get("level", "").upper() == cfg.get("level", "WARN")]
results = {"n": len(sel)}
