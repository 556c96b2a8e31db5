# expect: none | style: torch
import torch
net = torch.nn.Linear(2, 1)
net.eval()
with torch.no_grad():
    y = net(torch.zeros(1, 2))
results = {"y": float(y)}
