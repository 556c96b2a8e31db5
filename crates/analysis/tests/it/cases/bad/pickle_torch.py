# expect: deserialization | style: library
import torch
m = torch.load("model.pt")
results = {}
