# expect: none | style: globals-membership
x = 1
if "results" not in globals():
    results = {}
if "y" not in locals():
    y = 2
results["xy"] = x + y
