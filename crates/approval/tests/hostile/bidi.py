# Trojan Source: what is compiled is not what is read.
access = 'user'
if access != 'user‮ ⁦# only for admins⁩ ⁦':
    print('you are an admin')
'''subtract funds ⁧''' ;return
name = 'אבג' + "ד"  # Hebrew letters, honest ones
total = 1 ‏+ 2 ؜
