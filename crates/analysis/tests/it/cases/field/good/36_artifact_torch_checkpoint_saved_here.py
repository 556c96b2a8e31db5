# expect: artifact | style: torch checkpoint saved here
import torch
from pathlib import Path
model = torch.nn.Linear(2, 1)
ckpt = Path("checkpoints")
ckpt.mkdir(exist_ok=True)
torch.save(model.state_dict(), ckpt / "last.pt")
state = torch.load(ckpt / "last.pt", weights_only=True)
model.load_state_dict(state)
results = {"keys": list(state)}
