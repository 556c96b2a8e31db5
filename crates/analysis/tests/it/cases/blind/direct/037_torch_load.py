# expect: deserialization | style: torch-load
import torch
results = {"k": list(torch.load("weights.pt"))}
