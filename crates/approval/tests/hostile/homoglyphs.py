# Names that are not what they seem.
import оs                       # Cyrillic o
pаth = '/dаta/out.csv'          # Cyrillic a, twice
path = '/tmp/x'
𝐨𝐩𝐞𝐧(pаth, 'w')                 # mathematical letters: Python reads open
ｅｘｅｃ('print(1)')              # full width
ﬁle = eval                      # a ligature
сору = 1                        # all Cyrillic, looks like copy
σ = µ = 3                       # Greek, micro sign
größe, naïve, 変数, x_数 = 1, 2, 3, 4   # honest names
# Средний ток пучка             honest words
