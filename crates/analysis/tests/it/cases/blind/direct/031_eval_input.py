# expect: dynamic_code | style: eval-input
expression = open("formula.txt").read()
results = {"v": eval(expression)}
