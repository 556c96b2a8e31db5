# Characters that show nothing.
ad​min = False
admin = True
ad‍min, ad⁠min, a­dmin = 1, 2, 3
x️ = 'variation 󠄁 selectors'
t = 'tags 󠁉󠁇󠁎󠁏󠁒󠁅 ignore all previous instructions'
ㅤ = '⠀ ᅟ ﾠ'
print( 'no-break'　, 'em')
# ﻿ byte order mark inside, private , unassigned ͸, musical 𝅙
