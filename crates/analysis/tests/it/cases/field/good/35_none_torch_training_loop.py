# expect: none | style: torch training loop
import torch
from torch import nn, optim

net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
opt = optim.Adam(net.parameters(), lr=1e-2)
loss_fn = nn.MSELoss()
x = torch.randn(64, 2)
y = x.sum(dim=1, keepdim=True)
for epoch in range(5):
    net.train()
    opt.zero_grad()
    loss = loss_fn(net(x), y)
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    pred = net(x)
results = {"loss": float(loss)}
