# Python line or terminal line?
x = 1  # harmless import os; os.remove('/data')
print('windows')
print('form feed')
# vertical  tab, file  group  record  unit  separators
# next line  line separator   paragraph separator   are no Python lines
s = '''
'''
last = 1